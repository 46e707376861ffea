//! Going without having reached the station, in virtual time.

use std::time::Duration;

use terskel_model::dispatch::DispatchPhase;
use tokio::time::sleep;

use crate::interface::{Intent, NetworkState, Outcome, Problem, View, VisitStanding};
use crate::testing::{Home, Mood, STAIRWELL};

fn standing(view: &View) -> Option<VisitStanding> {
    view.visit.as_ref().map(|visit| visit.standing)
}

/// The alert has come, with it the keys of the shift; then the network goes, and Ada accepts.
async fn gone_without_network() -> Home {
    let home = Home::alerted().await;
    home.station.permit(&home.body, false);
    home.see("the home", |v| v.roster.openable > 0).await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    assert_eq!(home.intend(Intent::Accept { dispatch: home.dispatch }).await, Ok(Outcome::Done));
    home
}

async fn network_back(home: &Home) {
    home.station.feel(Mood::Good);
    home.see("online", |v| v.status.network == NetworkState::Online).await;
}

#[tokio::test(start_paused = true)]
async fn an_alert_is_accepted_without_network_and_the_station_told_when_it_is_back() {
    let home = gone_without_network().await;
    let visit = home.view().visit.clone().unwrap();
    assert_eq!((visit.standing, visit.taken_by), (VisitStanding::Unconfirmed, None));
    assert!(visit.arrive_by.is_some() && home.view().alerts.is_empty());
    assert_eq!(home.view().status.unsent, 1);
    assert_eq!(home.open(home.stairwell).await.outcome, "opened", "with the key of the shift");
    // Saying it again changes nothing.
    assert_eq!(home.intend(Intent::Accept { dispatch: home.dispatch }).await, Ok(Outcome::Done));

    network_back(&home).await;
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered", "accepted_offline", "door_operated"]);
    let told = home.station.events();
    assert!(told.iter().all(|event| event.dispatch == Some(home.dispatch)));
    home.station.tell(|d| (d.mine, d.phase) = (true, DispatchPhase::Accepted));
    home.see("confirmed", |v| standing(v) == Some(VisitStanding::Confirmed)).await;
    assert_eq!(home.view().visit.as_ref().unwrap().accepted_at, visit.accepted_at);
}

#[tokio::test(start_paused = true)]
async fn what_the_station_says_of_an_open_dispatch_does_not_undo_it() {
    let home = gone_without_network().await;
    network_back(&home).await;
    home.station.tell(|d| d.unanswered_since = Some(d.accept_by));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(standing(&home.view()), Some(VisitStanding::Unconfirmed));
    assert!(home.view().alerts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_went_without_network_is_told_who_was_first_and_ends_the_visit_in_order() {
    let home = gone_without_network().await;
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
    network_back(&home).await;
    home.station.tell(|d| {
        d.phase = DispatchPhase::Accepted;
        d.accepted_by = Some("Bo".into());
        d.details = None;
    });
    home.see("taken", |v| standing(v) == Some(VisitStanding::Taken)).await;
    let visit = home.view().visit.clone().unwrap();
    assert_eq!(visit.taken_by.as_deref(), Some("Bo"));
    assert_eq!(visit.details.first_name, "Kari", "she stands inside, and must find out again");
    // Bo is through, and what the station says of it takes nothing from Ada's screen.
    home.station.tell(|d| d.phase = DispatchPhase::Closed);
    sleep(Duration::from_secs(1)).await;
    let lock = Intent::LockDoor { dispatch: home.dispatch, door: home.stairwell };
    let Ok(Outcome::Door { result }) = home.intend(lock).await else { panic!("a door has an outcome") };
    assert_eq!((result.outcome.as_str(), home.air.moved(STAIRWELL)), ("locked", 2));
    home.intend(Intent::CloseVisit { dispatch: home.dispatch }).await.unwrap();
    assert_eq!(home.view().visit, None);
    home.sent().await;
    let kinds = home.station.kinds();
    assert_eq!(
        kinds,
        ["alert_delivered", "accepted_offline", "door_operated", "door_operated", "visit_closed"]
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_first_after_the_outage_hears_it_by_the_answer() {
    let home = Home::alerted().await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    assert_eq!(home.intend(Intent::Accept { dispatch: home.dispatch }).await, Ok(Outcome::Done));
    // There are no keys of the shift: the phone asks for those of the dispatch.
    home.station.feel(Mood::AlreadyAccepted);
    home.see("taken", |v| standing(v) == Some(VisitStanding::Taken)).await;
}

#[tokio::test(start_paused = true)]
async fn a_door_whose_vendor_gives_no_key_says_so_until_it_does() {
    let home = Home::alerted().await;
    home.station.feel(Mood::VendorSilent);
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    assert_eq!(home.open(home.stairwell).await.reason.as_deref(), Some("vendor_silent"));
    assert_eq!(home.open(home.flat).await.outcome, "opened");
    home.station.feel(Mood::Good);
    home.see("keys", |v| v.visit.as_ref().unwrap().doors.iter().all(|d| d.key_until.is_some())).await;
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
}

#[tokio::test(start_paused = true)]
async fn the_keys_of_the_dispatch_come_as_soon_as_the_network_is_back() {
    let home = Home::alerted().await;
    home.station.feel(Mood::Unreachable);
    assert_eq!(home.intend(Intent::Accept { dispatch: home.dispatch }).await, Ok(Outcome::Done));
    assert_eq!(home.open(home.stairwell).await.reason.as_deref(), Some("no_key"));
    sleep(Duration::from_secs(1000)).await;
    network_back(&home).await;
    let begun = tokio::time::Instant::now();
    home.see("keys", |v| v.visit.as_ref().unwrap().doors.iter().all(|d| d.key_until.is_some())).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(standing(&home.view()), Some(VisitStanding::Confirmed));
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_that_somebody_has_is_not_gone_to_without_network() {
    let home = Home::alerted().await;
    home.station.tell(|d| (d.phase, d.accepted_by) = (DispatchPhase::Accepted, Some("Bo".into())));
    home.see("taken", |v| v.alerts[0].taken).await;
    home.station.feel(Mood::Unreachable);
    assert_eq!(home.intend(Intent::Accept { dispatch: home.dispatch }).await, Err(Problem::NoNetwork));
    assert_eq!(home.view().visit, None);
}
