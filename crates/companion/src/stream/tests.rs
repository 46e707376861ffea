//! The live stream and what it brings, in virtual time.

use std::time::Duration;

use terskel_model::dispatch::DispatchPhase;
use tokio::time::sleep;

use crate::interface::{Intent, NetworkState, Outcome, Problem, View, VisitStanding};
use crate::testing::{Home, Mood};

#[tokio::test(start_paused = true)]
async fn an_alert_is_shown_and_its_delivery_told_without_anybodys_doing() {
    let home = Home::alerted().await;
    let alert = home.view().alerts[0].clone();
    let details = alert.details.unwrap();
    assert_eq!((details.cause.as_str(), details.first_name.as_str()), ("flom i kjelleren", "Kari"));
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered"]);
}

#[tokio::test(start_paused = true)]
async fn a_broken_stream_goes_on_where_it_was_and_tells_nothing_twice() {
    let home = Home::alerted().await;
    home.station.break_streams();
    home.see("offline", |v| v.status.network == NetworkState::Offline).await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    home.station.tell(|d| d.unanswered_since = Some(d.accept_by));
    home.see("the change", |v| v.alerts[0].unanswered).await;
    home.sent().await;
    assert_eq!(home.station.cursors(), [None, Some("1".into())]);
    assert_eq!(home.station.kinds(), ["alert_delivered"]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_offline_and_heartbeats_keep_it_online() {
    let home = Home::enrolled().await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    for _ in 0..6 {
        sleep(Duration::from_secs(10)).await;
        home.station.say(": heartbeat\n\n");
    }
    assert_eq!(home.view().status.network, NetworkState::Online);
    home.see("offline", |v| v.status.network == NetworkState::Offline).await;
}

#[tokio::test(start_paused = true)]
async fn an_older_revision_that_comes_late_changes_nothing() {
    let home = Home::alerted().await;
    home.station.tell(|d| {
        d.phase = DispatchPhase::Accepted;
        d.accepted_by = Some("Bo".into());
        d.accepted_at = Some(d.raised_at);
    });
    home.see("taken", |v| v.alerts[0].taken_by.as_deref() == Some("Bo")).await;
    // Somebody else's: its text is gone from this phone, whatever the station sent.
    assert_eq!(home.view().alerts[0].details, None);
    home.station.dispatch(home.body.clone());
    sleep(Duration::from_secs(1)).await;
    assert!(home.view().alerts[0].taken);
    // Nor does it stay in the list for ever.
    home.world.skip(Duration::from_secs(16 * 60));
    home.see("an empty list", |v| v.alerts.is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_was_second_is_told_who_was_first() {
    let home = Home::alerted().await;
    home.station.feel(Mood::AlreadyAccepted);
    let accept = home.intend(Intent::Accept { dispatch: home.dispatch }).await;
    assert_eq!(accept, Err(Problem::AlreadyAccepted { by: Some("Bo".into()) }));
    assert_eq!(home.view().visit, None);
}

#[tokio::test(start_paused = true)]
async fn an_accept_whose_answer_is_lost_still_becomes_a_visit_with_keys() {
    let home = Home::alerted().await;
    home.station.feel(Mood::AnswersLost);
    assert_eq!(home.intend(Intent::Accept { dispatch: home.dispatch }).await, Ok(Outcome::Done));
    home.see("the visit, from the stream", |v| standing(v) == Some(VisitStanding::Confirmed)).await;
    home.station.feel(Mood::Good);
    home.see("its keys", |v| v.visit.as_ref().unwrap().doors.iter().all(|d| d.key_until.is_some())).await;
}

#[tokio::test(start_paused = true)]
async fn a_phone_has_one_visit_at_a_time_and_accepting_it_again_is_no_harm() {
    let home = Home::accepted().await;
    assert_eq!(home.intend(Intent::Accept { dispatch: home.dispatch }).await, Ok(Outcome::Done));
    let other = terskel_model::DispatchId::new(&*home.world);
    assert_eq!(home.intend(Intent::Accept { dispatch: other }).await, Err(Problem::VisitOpen));
    assert_eq!(home.intend(Intent::SignOut).await, Err(Problem::VisitOpen));
}

#[tokio::test(start_paused = true)]
async fn a_declined_alert_says_so_at_once() {
    let home = Home::alerted().await;
    let intent = Intent::Decline { dispatch: home.dispatch, reason: "busy".into() };
    assert_eq!(home.intend(intent).await, Ok(Outcome::Done));
    assert!(home.view().alerts[0].declined);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_only_says_how_far_it_is_goes_on_from_there() {
    let home = Home::alerted().await;
    home.station.say(": cursor\nid: 4711\n\n");
    home.station.break_streams();
    sleep(Duration::from_secs(5)).await;
    assert_eq!(home.station.cursors().last().unwrap().as_deref(), Some("4711"));
}

fn standing(view: &View) -> Option<VisitStanding> {
    view.visit.as_ref().map(|visit| visit.standing)
}
