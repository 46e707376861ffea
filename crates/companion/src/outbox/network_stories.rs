//! A whole visit in each kind of bad network, in virtual time: all arrives, once and in order; nobody is signed out; the
//! screen says what waits.

use std::time::Duration;

use tokio::time::sleep;

use crate::interface::{Intent, NetworkState, Outcome};
use crate::testing::{Home, Weather};

const VISIT: [&str; 7] = [
    "alert_delivered",
    "door_operated",
    "door_operated",
    "checked_in",
    "checked_out",
    "door_operated",
    "visit_closed",
];

/// From the street to the end of the visit.
async fn whole_visit(home: &Home) {
    let dispatch = home.dispatch;
    for door in [home.stairwell, home.flat] {
        assert_eq!(home.open(door).await.outcome, "opened");
    }
    for intent in [Intent::CheckIn { dispatch }, Intent::CheckOut { dispatch }] {
        assert_eq!(home.intend(intent).await, Ok(Outcome::Done));
    }
    let lock = home.intend(Intent::LockDoor { dispatch, door: home.flat }).await;
    assert!(matches!(lock, Ok(Outcome::Door { result }) if result.outcome == "locked"));
    assert_eq!(home.intend(Intent::CloseVisit { dispatch }).await, Ok(Outcome::Done));
}

fn still_signed_in(home: &Home) {
    let view = home.view();
    assert!(view.session.is_some() && !view.status.sign_in_needed && view.refusals.is_empty(), "{view:#?}");
}

/// Nothing comes through in this weather; an hour later it clears.
async fn visit_in(weather: Weather) {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.sky.set(weather);
    home.see("offline", |v| v.status.network == NetworkState::Offline).await;
    whole_visit(&home).await;
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(home.station.kinds(), ["alert_delivered"]);
    // Two doors and a lock, in and out, the end; and what was learnt of the locks.
    assert!(home.view().status.unsent >= 6);
    still_signed_in(&home);
    home.station.sky.set(Weather::Clear);
    home.sent().await;
    assert_eq!(home.station.kinds(), VISIT);
    still_signed_in(&home);
}

#[tokio::test(start_paused = true)]
async fn behind_a_hotels_page_everything_waits_and_nobody_is_signed_out() {
    visit_in(Weather::Portal).await;
}

#[tokio::test(start_paused = true)]
async fn a_network_that_swallows_everything_is_noticed_and_everything_waits() {
    visit_in(Weather::Silent).await;
}

#[tokio::test(start_paused = true)]
async fn on_a_slow_network_the_visit_is_told_while_it_goes_on() {
    let home = Home::enrolled().await;
    home.station.sky.set(Weather::Slow(Duration::from_secs(4)));
    home.station.dispatch(home.body.clone());
    home.see("the alert", |v| !v.alerts.is_empty()).await;
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    whole_visit(&home).await;
    home.sent().await;
    assert_eq!(home.station.kinds(), VISIT);
    still_signed_in(&home);
}

#[tokio::test(start_paused = true)]
async fn whatever_is_lost_on_the_way_all_arrives_once_and_in_order() {
    let mut again = 0;
    for one_in in [2, 3, 5] {
        let home = Home::accepted().await;
        home.sent().await;
        home.station.sky.set(Weather::Lossy(one_in));
        whole_visit(&home).await;
        home.sent().await;
        assert_eq!(home.station.kinds(), VISIT, "one in {one_in}");
        still_signed_in(&home);
        let sent: usize = home.station.batches().iter().sum();
        again += sent - home.station.events().len();
    }
    assert!(again > 0, "no event was sent twice: nothing was tried here");
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_at_once_for_a_slow_network_goes_in_smaller_pieces() {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.sky.set(Weather::Silent);
    for _ in 0..6 {
        assert_eq!(home.open(home.stairwell).await.outcome, "opened");
    }
    home.station.sky.set(Weather::Narrow(2));
    home.sent().await;
    let operated = home.station.kinds().iter().filter(|kind| *kind == "door_operated").count();
    assert_eq!(operated, 6);
    still_signed_in(&home);
}
