//! Enrolling, signing in and out, the end of the shift, in virtual time.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::sleep;

use crate::interface::{Answer, Intent, NetworkState, Outcome, Problem, Question};
use crate::testing::{Home, Mood, engine};

#[tokio::test(start_paused = true)]
async fn every_wrong_field_is_named() {
    let home = Home::new().await;
    let enrol = |url: &str, code: &str, name: &str| Intent::Enrol {
        station_url: url.into(),
        code: code.into(),
        phone_name: name.into(),
    };
    let good = "https://station.example";
    for (intent, field) in [
        (enrol("http://station.example", "ABCD-2345", "x"), "stationUrl"),
        (enrol(good, "ABC", "x"), "code"),
        (enrol(good, "ABCD-2345", " "), "phoneName"),
    ] {
        assert_eq!(home.intend(intent).await, Err(Problem::Invalid { field: field.into() }));
    }
    assert_eq!(home.intend(enrol(good, "ZZZZ-9999", "x")).await, Err(Problem::CodeInvalid));
    let sign_in = Intent::SignIn { staff_number: "17".into(), pin: "4711".into() };
    assert_eq!(home.intend(sign_in).await, Err(Problem::NotEnrolled));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_pin_changes_nothing() {
    let home = Home::new().await;
    home.enrol().await;
    let sign_in = Intent::SignIn { staff_number: "17".into(), pin: "0000".into() };
    assert_eq!(home.intend(sign_in).await, Err(Problem::WrongPin));
    assert_eq!(home.view().session, None);
}

#[tokio::test(start_paused = true)]
async fn signing_out_without_network_wipes_and_keeps_what_is_unsent() {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    home.intend(Intent::CloseVisit { dispatch: home.dispatch }).await.unwrap();
    assert_eq!(home.intend(Intent::SignOut).await, Ok(Outcome::Done));
    let view = home.view();
    assert!(view.alerts.is_empty() && view.visit.is_none() && view.session.is_none());
    assert!(view.status.unsent >= 1 && view.status.sign_in_needed);
    assert_eq!(home.engine.ask(Question::VisitsToday).await, Err(Problem::SignedOut));
    home.station.feel(Mood::Good);
    home.sign_in().await;
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered", "visit_closed"]);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_shift_wipes_residents_and_keys_and_keeps_unsent_events() {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    home.open(home.stairwell).await;
    // The door, and what was learnt of its lock.
    home.see("two events", |v| v.status.unsent == 2).await;
    home.world.skip(Duration::from_secs(8 * 3600));
    let view = home.see("signed out", |v| v.session.is_none()).await;
    assert!(view.visit.is_none() && view.alerts.is_empty());
    assert_eq!((view.status.unsent, view.status.sign_in_needed), (2, true));
    assert_eq!(home.intend(Intent::Accept { dispatch: home.dispatch }).await, Err(Problem::SignedOut));
    home.station.feel(Mood::Good);
    home.sign_in().await;
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered", "door_operated"]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_visit_is_forgotten_but_for_its_times_an_hour_after_accepting() {
    let home = Home::accepted().await;
    home.intend(Intent::CloseVisit { dispatch: home.dispatch }).await.unwrap();
    let names = async || match home.engine.ask(Question::VisitsToday).await.unwrap() {
        Answer::VisitsToday { visits } => visits.into_iter().map(|v| v.resident_name).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(names().await, [Some("Kari Nordmann".into())]);
    home.world.skip(Duration::from_secs(61 * 60));
    sleep(Duration::from_secs(10)).await;
    assert_eq!(names().await, [None]);
}

#[tokio::test(start_paused = true)]
async fn a_new_process_finds_the_visit_as_it_was() {
    let home = Home::accepted().await;
    home.open(home.stairwell).await;
    home.sent().await;
    let Home { engine: first, store, world, air, station, _dir, .. } = home;
    drop(first);
    let second = engine(&store, &world, &air, &station).await;
    let view = second.views().borrow().clone();
    let visit = view.visit.as_ref().unwrap();
    assert_eq!(visit.doors[0].last.as_ref().unwrap().outcome, "opened");
    assert_eq!(view.session.as_ref().unwrap().worker_name, "Ada");
}

#[tokio::test(start_paused = true)]
async fn a_key_by_an_authority_that_the_phone_has_not_heard_of_is_asked_about_at_the_station() {
    let home = Home::alerted().await;
    home.station.rotate([8; 32], &[[7; 32], [8; 32]]);
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
}

#[tokio::test(start_paused = true)]
async fn an_authority_that_the_station_does_not_tell_of_opens_nothing() {
    let home = Home::alerted().await;
    home.station.rotate([66; 32], &[[7; 32]]);
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    let result = home.open(home.stairwell).await;
    assert_eq!((result.outcome.as_str(), result.reason.as_deref()), ("refused", Some("no_key")));
    // Nor does a station that tells none at all make the phone forget.
    home.station.rotate([7; 32], &[]);
    assert_eq!(
        home.intend(Intent::SignIn { staff_number: "17".into(), pin: "4711".into() }).await,
        Err(Problem::StationFailed)
    );
    home.station.rotate([7; 32], &[[7; 32]]);
    home.see("keys", |v| v.visit.as_ref().unwrap().doors[0].key_until.is_some()).await;
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
}

#[tokio::test(start_paused = true)]
async fn digital_keys_of_a_stolen_authority_go_at_the_next_sign_in_and_come_anew() {
    let home = Home::accepted().await;
    home.station.rotate([8; 32], &[[8; 32]]);
    home.sign_in().await;
    home.station.feel(Mood::Unreachable);
    let result = home.open(home.stairwell).await;
    assert_eq!((result.outcome.as_str(), result.reason.as_deref()), ("refused", Some("no_key")));
    home.station.feel(Mood::Good);
    home.see("keys", |v| v.visit.as_ref().unwrap().doors[0].key_until.is_some()).await;
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_a_day_wrong_keeps_nobody_from_signing_in() {
    for wrong in [TimeDelta::days(1), -TimeDelta::days(1)] {
        let home = Home::new().await;
        home.world.set_wall_clock(wrong);
        home.enrol().await;
        home.sign_in().await;
        assert_eq!(home.view().status.clock, "station");
        let ends = home.view().session.as_ref().unwrap().ends_at;
        assert_eq!(ends - home.world.true_time(), TimeDelta::hours(8));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_signs_in_anew_hears_of_what_happened_meanwhile() {
    let home = Home::alerted().await;
    home.sent().await;
    home.station.feel(Mood::Unauthenticated);
    home.see("sign-in needed", |v| v.status.sign_in_needed).await;
    let streams = home.station.cursors().len();
    home.station.feel(Mood::Good);
    home.sign_in().await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    // Without the cursor a station tells only what is open now, and the alert would stand here though it is over.
    assert_eq!(home.station.cursors()[streams].as_deref(), Some("1"));
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_enrolment_could_not_send_is_shown_and_never_sent() {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    home.open(home.stairwell).await;
    assert_eq!(home.intend(Intent::CloseVisit { dispatch: home.dispatch }).await, Ok(Outcome::Done));
    // What was learnt of the lock comes when its link has ended.
    home.see("all of the visit", |v| v.status.unsent == 3).await;
    assert_eq!(home.intend(Intent::SignOut).await, Ok(Outcome::Done));
    home.station.feel(Mood::Good);
    home.enrol().await;
    let view = home.view();
    assert_eq!((view.status.unsent, view.status.sign_in_needed), (0, false));
    assert_eq!(view.refusals.len(), 3);
    assert!(view.refusals.iter().all(|refusal| refusal.code == "enrolled_anew"));
}

#[tokio::test(start_paused = true)]
async fn what_waits_goes_out_before_the_phone_is_enrolled_anew() {
    let home = Home::accepted().await;
    home.station.feel(Mood::Unreachable);
    home.open(home.stairwell).await;
    assert_eq!(home.intend(Intent::CloseVisit { dispatch: home.dispatch }).await, Ok(Outcome::Done));
    home.station.feel(Mood::Good);
    home.enrol().await;
    assert!(home.view().refusals.is_empty());
    assert_eq!(home.station.kinds().last().map(String::as_str), Some("visit_closed"));
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_its_station_does_not_know_any_more_keeps_nothing() {
    let home = Home::alerted().await;
    home.sent().await;
    home.station.feel(Mood::Unauthenticated);
    home.see("sign-in needed", |v| v.status.sign_in_needed).await;
    home.station.feel(Mood::Good);
    home.station.forget_phone();
    let sign_in = Intent::SignIn { staff_number: "17".into(), pin: "4711".into() };
    assert_eq!(home.intend(sign_in).await, Err(Problem::PhoneUnknown));
    let view = home.view();
    assert!(view.session.is_none() && view.alerts.is_empty());
}
