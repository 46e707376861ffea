//! Tokens that end while the worker goes on, in virtual time.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::sleep;

use crate::interface::{Intent, Outcome, Problem};
use crate::testing::{Home, Mood, engine};

/// Six times as long as a token lasts, on a stream that goes on.
async fn an_hour(home: &Home) {
    home.sent().await;
    for _ in 0..360 {
        sleep(Duration::from_secs(10)).await;
        home.station.say(": alive\n\n");
    }
}

async fn accept(home: &Home) -> Result<Outcome, Problem> {
    home.intend(Intent::Accept { dispatch: home.dispatch }).await
}

/// Unlike accepting, it needs an answer.
async fn decline(home: &Home) -> Result<Outcome, Problem> {
    home.intend(Intent::Decline { dispatch: home.dispatch, reason: "busy".into() }).await
}

#[tokio::test(start_paused = true)]
async fn a_token_that_has_ended_is_followed_by_the_next_once_however_many_ask() {
    let home = Home::alerted().await;
    home.sent().await;
    home.station.end_token();
    let before = home.station.refreshes();
    let decline = home.intend(Intent::Decline { dispatch: home.dispatch, reason: "busy".into() });
    let (accepted, declined, ()) = tokio::join!(accept(&home), decline, async {
        home.station.tell(|_| ());
        home.sent().await;
    });
    assert_eq!(accepted, Ok(Outcome::Done));
    assert!(matches!(declined, Ok(Outcome::Done) | Err(Problem::NotFound)));
    assert_eq!(home.station.refreshes(), before + 1);
    assert!(!home.view().status.sign_in_needed);
}

#[tokio::test(start_paused = true)]
async fn an_outbox_that_waits_for_hours_needs_no_sign_in() {
    let home = Home::accepted().await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    home.open(home.stairwell).await;
    sleep(Duration::from_secs(3 * 3600)).await;
    home.station.feel(Mood::Good);
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered", "door_operated"]);
    assert_eq!(home.station.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_the_station_takes_no_longer_is_no_reason_to_sign_in() {
    let home = Home::alerted().await;
    home.sent().await;
    home.station.end_token();
    assert_eq!(accept(&home).await, Ok(Outcome::Done));
    assert_eq!(home.station.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn next_tokens_whose_answer_is_lost_are_asked_for_again() {
    let home = Home::alerted().await;
    an_hour(&home).await;
    home.station.feel(Mood::RefreshLost);
    for _ in 0..3 {
        assert_eq!(decline(&home).await, Err(Problem::NoNetwork));
    }
    home.station.feel(Mood::Good);
    assert_eq!(accept(&home).await, Ok(Outcome::Done));
    assert!(!home.view().status.sign_in_needed);
}

#[tokio::test(start_paused = true)]
async fn an_open_stream_outlives_its_token() {
    let home = Home::alerted().await;
    let opened = home.station.cursors().len();
    for _ in 0..3 {
        an_hour(&home).await;
    }
    home.station.tell(|d| d.accepted_by = Some("Bo".into()));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(home.station.cursors().len(), opened);
}

#[tokio::test(start_paused = true)]
async fn a_wall_clock_that_is_set_ends_no_token() {
    let home = Home::alerted().await;
    home.sent().await;
    home.world.set_wall_clock(TimeDelta::hours(3));
    assert_eq!(accept(&home).await, Ok(Outcome::Done));
    assert_eq!(home.station.refreshes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_new_process_begins_with_the_next_token_also_when_the_last_answer_was_lost() {
    let home = Home::alerted().await;
    an_hour(&home).await;
    home.station.feel(Mood::RefreshLost);
    assert_eq!(decline(&home).await, Err(Problem::NoNetwork));
    let Home { engine: first, store, world, air, station, dispatch, _dir, .. } = home;
    drop(first);
    station.feel(Mood::Good);
    let second = engine(&store, &world, &air, &station).await;
    assert_eq!(second.intend(Intent::Accept { dispatch }).await, Ok(Outcome::Done));
    assert!(!second.views().borrow().status.sign_in_needed);
}

#[tokio::test(start_paused = true)]
async fn when_the_next_token_is_refused_the_worker_signs_in_and_nothing_is_lost() {
    let home = Home::accepted().await;
    an_hour(&home).await;
    home.station.feel(Mood::Unauthenticated);
    home.open(home.stairwell).await;
    home.see("sign-in needed", |v| v.status.sign_in_needed).await;
    assert_eq!(accept(&home).await, Err(Problem::SignedOut));
    assert!(home.view().status.unsent > 0 && home.view().visit.is_some());
    home.station.feel(Mood::Good);
    home.sign_in().await;
    home.sent().await;
    assert_eq!(home.station.kinds(), ["alert_delivered", "door_operated"]);
}
