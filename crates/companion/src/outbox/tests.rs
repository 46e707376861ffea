//! An honest outbox, in virtual time.

use std::time::Duration;

use terskel_api::dispatch::Dispatch;
use terskel_model::DispatchId;
use tokio::time::sleep;

use crate::interface::{Intent, Outcome};
use crate::testing::{Home, Mood};

#[tokio::test(start_paused = true)]
async fn an_outage_keeps_everything_and_sends_it_in_order_when_the_network_is_back() {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    home.open(home.stairwell).await;
    home.open(home.flat).await;
    sleep(Duration::from_secs(600)).await;
    // Two operations, and what was learnt of two locks.
    assert_eq!(home.view().status.unsent, 4);
    home.station.feel(Mood::Good);
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered", "door_operated", "door_operated"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_pauses_the_outbox_until_the_worker_signs_in_again() {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.feel(Mood::Unauthenticated);
    home.open(home.stairwell).await;
    home.see("sign-in needed", |v| v.status.sign_in_needed).await;
    // The visit goes on without the station.
    assert_eq!(home.open(home.flat).await.outcome, "opened");
    let tried = home.station.batches().len();
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(home.station.batches().len(), tried);
    assert_eq!(home.view().status.unsent, 4);
    home.station.feel(Mood::Good);
    home.sign_in().await;
    home.sent().await;
    assert!(!home.view().status.sign_in_needed);
    assert_eq!(home.station.kinds(), ["alert_delivered", "door_operated", "door_operated"]);
    assert!(home.view().visit.is_some());
}

#[tokio::test(start_paused = true)]
async fn an_event_refused_for_good_is_shown_until_the_worker_has_read_it() {
    let home = Home::accepted().await;
    home.station.feel(Mood::Refuses("door_operated"));
    home.open(home.stairwell).await;
    let view = home.see("the refusal", |v| !v.refusals.is_empty()).await;
    let refusal = &view.refusals[0];
    assert_eq!((refusal.kind.as_str(), refusal.code.as_str()), ("door_operated", "bad_proof"));
    home.sent().await;
    home.intend(Intent::DismissRefusal { event: refusal.event }).await.unwrap();
    assert!(home.view().refusals.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_too_large_is_sent_one_by_one() {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    home.open(home.stairwell).await;
    home.open(home.flat).await;
    home.station.feel(Mood::TooLarge);
    home.sent().await;
    assert!(home.view().refusals.is_empty());
    assert_eq!(home.station.kinds().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_event_at_which_the_station_fails_holds_up_nothing_but_its_own_visit() {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.feel(Mood::FailsAt("checked_in"));
    assert_eq!(home.intend(Intent::CheckIn { dispatch: home.dispatch }).await, Ok(Outcome::Done));
    assert_eq!(home.intend(Intent::CheckOut { dispatch: home.dispatch }).await, Ok(Outcome::Done));
    let id = DispatchId::new(&*home.world);
    home.station.dispatch(Dispatch { id, ..home.body.clone() });
    home.see("the other alert is told, the visit waits", |v| v.status.unsent == 2 && v.alerts.len() == 1)
        .await;
    assert_eq!(home.station.came(), ["alert_delivered", "alert_delivered"]);
    let tries = home.station.batches().len();
    sleep(Duration::from_secs(3600)).await;
    // Tried again, but not in vain all the time.
    assert!((1..=250).contains(&(home.station.batches().len() - tries)), "{:?}", home.station.batches());
    home.station.feel(Mood::Good);
    home.sent().await;
    assert_eq!(home.station.came()[2..4], ["checked_in", "checked_out"]);
}
