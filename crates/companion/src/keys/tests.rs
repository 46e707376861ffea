//! Keys of the shift, and keys that are taken away, in virtual time.

use std::time::Duration;

use terskel_api::dispatch::Dispatch;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::event::EventKind;
use terskel_model::rules::ARRIVE_WITHIN;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{Clock as _, DispatchId, ResidentId};
use tokio::time::{sleep, timeout};

use crate::interface::{DoorResult, Intent, NetworkState, Outcome, Problem, Reach, View, VisitStanding};
use crate::store::Store;
use crate::testing::{Home, Mood, STAIRWELL, store_key};

/// Ada is on shift, and may go to Kari.
async fn permitted(once: bool) -> Home {
    let home = Home::enrolled().await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    home.station.permit(&home.body, once);
    home.see("the keys", |v| v.roster.openable > 0).await;
    home
}

fn kari(home: &Home) -> ResidentId {
    home.body.details.as_ref().unwrap().resident.id
}

async fn at_karis(once: bool) -> Home {
    let home = permitted(once).await;
    home.intend(Intent::VisitHome { resident: kari(&home), called: false }).await.unwrap();
    home.see("ready", |v| v.visit.as_ref().is_some_and(|v| v.doors[0].reach == Reach::Ready)).await;
    home
}

fn glass(number: &str, text: &str) -> Intent {
    Intent::BreakGlass { resident_number: number.into(), reason: "danger".into(), text: text.into() }
}

async fn try_door(home: &Home, lock: bool) -> DoorResult {
    let dispatch = home.view().visit.as_ref().unwrap().id;
    let door = home.stairwell;
    let intent = if lock { Intent::LockDoor { dispatch, door } } else { Intent::OpenDoor { dispatch, door } };
    match home.intend(intent).await {
        Ok(Outcome::Door { result }) => result,
        other => panic!("{other:?}"),
    }
}

fn told(result: &DoorResult) -> (&str, Option<&str>) {
    (&result.outcome, result.reason.as_deref())
}

#[tokio::test(start_paused = true)]
async fn a_key_of_the_shift_opens_a_home_that_nobody_was_dispatched_to() {
    let home = at_karis(false).await;
    let visit = home.view().visit.clone().unwrap();
    assert_eq!((visit.details.cause.as_str(), visit.arrive_by), ("no_alarm", None));
    assert_eq!(told(&try_door(&home, false).await), ("opened", None));
    home.intend(Intent::CloseVisit { dispatch: visit.id }).await.unwrap();
    home.sent().await;
    assert_eq!(home.station.kinds(), ["visit_begun", "door_operated", "visit_closed"]);
    let events = home.station.events();
    assert!(events.iter().all(|e| e.dispatch.is_none()), "the station knows of no such dispatch");
    assert!(events.iter().filter(|e| e.kind != EventKind::LockReported).all(|e| e.visit == Some(visit.id)));
    assert_eq!((events[0].resident, events[0].reason.as_deref()), (Some(kari(&home)), Some("no_alarm")));
    assert_eq!(home.view().roster.openable, 2, "the keys stay for the shift");
}

#[tokio::test(start_paused = true)]
async fn keys_are_counted_and_read_when_a_visit_has_their_doors() {
    let home = permitted(false).await;
    let store = Store::open(&home.store, &store_key()).await.unwrap();
    let before = store.snapshot().await.unwrap();
    assert_eq!((before.keys.len(), before.shift_ends.len(), store.keys().await.unwrap().len()), (0, 2, 2));
    home.intend(Intent::VisitHome { resident: kari(&home), called: false }).await.unwrap();
    assert_eq!(store.snapshot().await.unwrap().keys.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_alarm_of_a_visit_after_a_telephone_call_is_no_second_visit() {
    let home = permitted(false).await;
    home.intend(Intent::VisitHome { resident: kari(&home), called: true }).await.unwrap();
    let before = home.view().visit.clone().unwrap();
    assert_eq!((before.details.cause.as_str(), before.arrive_by), ("called", None));
    let (now, alarm) = (home.world.now(), home.body.clone());
    home.station.dispatch(Dispatch {
        phase: DispatchPhase::Accepted,
        mine: true,
        visit: Some(before.id),
        accepted_at: Some(now),
        arrive_by: Some(now + ARRIVE_WITHIN),
        ..alarm.clone()
    });
    let view = home.see("the alarm", |v| v.visit.as_ref().unwrap().arrive_by.is_some()).await;
    let after = view.visit.as_ref().unwrap();
    assert_eq!((after.id, after.details.cause.as_str()), (before.id, "flom i kjelleren"));
    assert!(view.alerts.is_empty());
    // A tap on the alert that was on its way ends nothing.
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    assert_eq!(home.view().visit.as_ref().unwrap().id, before.id);
    // Somebody waits there: another alarm comes after it, and so does an emergency.
    let (other, raised_at) = (DispatchId::new(&*home.world), now);
    home.station.dispatch(Dispatch { id: other, raised_at, ..alarm });
    home.see("another alarm", |v| v.alerts.iter().any(|alert| alert.id == other)).await;
    assert_eq!(home.intend(Intent::Accept { dispatch: other }).await, Err(Problem::VisitOpen));
    assert_eq!(home.intend(glass("R-84", "Smoke under the door")).await, Err(Problem::VisitOpen));
    home.intend(Intent::CloseVisit { dispatch: before.id }).await.unwrap();
    home.sent().await;
    assert_eq!(home.station.kinds(), ["visit_begun", "alert_delivered", "visit_closed"]);
    assert!(home.view().visit.is_none(), "there is no other");
}

#[tokio::test(start_paused = true)]
async fn whoever_went_after_a_telephone_call_and_was_second_is_told_inside_the_visit() {
    let home = permitted(false).await;
    home.intend(Intent::VisitHome { resident: kari(&home), called: true }).await.unwrap();
    let before = home.view().visit.clone().unwrap();
    let (now, alarm) = (home.world.now(), home.body.clone());
    home.station.dispatch(Dispatch {
        phase: DispatchPhase::Accepted,
        accepted_by: Some("Bo".into()),
        visit: Some(before.id),
        accepted_at: Some(now),
        arrive_by: Some(now + ARRIVE_WITHIN),
        details: None,
        ..alarm
    });
    let second = |v: &View| v.visit.as_ref().is_some_and(|v| v.standing == VisitStanding::Second);
    let view = home.see("that she is second", second).await;
    let visit = view.visit.as_ref().unwrap();
    assert_eq!((visit.taken_by.as_deref(), visit.arrive_by), (Some("Bo"), None));
    assert_eq!((visit.id, &visit.details), (before.id, &before.details), "the visit is hers as before");
    // Bo is through: who was there stays said, and the doors work to the end.
    home.station.tell(|d| d.phase = DispatchPhase::Closed);
    let door = Intent::OpenDoor { dispatch: visit.id, door: home.stairwell };
    let Ok(Outcome::Door { result }) = home.intend(door).await else { panic!("a door has an outcome") };
    assert_eq!(result.outcome, "opened");
    let visit = home.view().visit.clone().unwrap();
    assert_eq!((visit.standing, visit.taken_by.as_deref()), (VisitStanding::Second, Some("Bo")));
    home.intend(Intent::CloseVisit { dispatch: visit.id }).await.unwrap();
    home.sent().await;
    assert!(home.view().visit.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_planned_visit_is_proven_by_the_hub_like_any_other() {
    let home = at_karis(false).await;
    home.station.feel(Mood::Unreachable);
    let visit = home.view().visit.as_ref().unwrap().id;
    for door in [home.stairwell, home.flat] {
        let intent = Intent::OpenDoor { dispatch: visit, door };
        let Ok(Outcome::Door { result }) = home.intend(intent).await else { panic!("a door has an outcome") };
        assert_eq!(result.outcome, "opened");
    }
    home.see("the hub", |v| v.visit.as_ref().unwrap().hub.as_ref().unwrap().reach == Reach::Ready).await;
    home.intend(Intent::CheckIn { dispatch: visit }).await.unwrap();
    home.intend(Intent::CheckOut { dispatch: visit }).await.unwrap();
    home.intend(Intent::CloseVisit { dispatch: visit }).await.unwrap();
    home.station.feel(Mood::Good);
    home.sent().await;
    let kinds =
        ["visit_begun", "door_operated", "door_operated", "checked_in", "checked_out", "visit_closed"];
    assert_eq!(home.station.kinds(), kinds);
    let receipts = home.station.events().into_iter().filter(|e| e.receipt.is_some());
    assert!(receipts.into_iter().all(|e| e.visit == Some(visit) && e.dispatch.is_none()));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_taken_away_opens_nothing_within_a_second() {
    let home = at_karis(false).await;
    let order = home.station.take_away(WithdrawalReason::PermissionTakenAway, false);
    timeout(Duration::from_secs(1), home.see("no keys", |v| v.roster.openable == 0)).await.unwrap();
    // The lock was connected and ready: that is over too.
    assert_eq!(told(&try_door(&home, false).await), ("refused", Some("key_withdrawn")));
    assert_eq!(home.air.moved(STAIRWELL), 0);
    home.sent().await;
    assert_eq!(home.station.kinds(), ["visit_begun", "keys_wiped", "door_operated"]);
    let wiped = home.station.events().into_iter().find(|e| e.kind == EventKind::KeysWiped).unwrap();
    assert_eq!(wiped.withdrawal, Some(order));
    assert_ne!(home.view().visit.as_ref().unwrap().doors[0].reach, Reach::Ready);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_comes_again_is_confirmed_once() {
    let home = permitted(false).await;
    let order = home.station.take_away(WithdrawalReason::PermissionTakenAway, false);
    home.see("no keys", |v| v.roster.openable == 0).await;
    home.station.say(&format!(
        "event: withdrawal\ndata: {{\"id\":\"{order}\",\"reason\":\"permission_taken_away\",\"everything\":false,\"keys\":[]}}\n\n"
    ));
    sleep(Duration::from_secs(5)).await;
    home.sent().await;
    assert_eq!(home.station.kinds(), ["keys_wiped"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_for_once_opens_once_and_still_locks() {
    let home = at_karis(true).await;
    assert_eq!(told(&try_door(&home, false).await), ("opened", None));
    assert_eq!(told(&try_door(&home, false).await), ("refused", Some("key_used")));
    // Asking for keys again makes it no better.
    home.station.say("event: keys\ndata: {}\n\n");
    sleep(Duration::from_secs(5)).await;
    assert_eq!(told(&try_door(&home, false).await), ("refused", Some("key_used")));
    assert_eq!(told(&try_door(&home, true).await), ("locked", None));
    assert_eq!(home.air.moved(STAIRWELL), 2);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_taken_away_leaves_nothing_but_what_is_still_to_be_told() {
    let home = at_karis(false).await;
    let order = home.station.take_away(WithdrawalReason::ShiftEnded, true);
    let view = home.see("taken away", |v| v.taken_away.is_some()).await;
    assert_eq!(view.taken_away.as_deref(), Some("shift_ended"));
    assert!(
        view.session.is_none() && view.roster.openable == 0 && view.visit.is_none() && view.alerts.is_empty()
    );
    home.see("told", |v| v.status.unsent == 0).await;
    let wiped = home.station.events().into_iter().find(|e| e.kind == EventKind::KeysWiped).unwrap();
    assert_eq!(wiped.withdrawal, Some(order));
    assert_eq!(
        home.intend(Intent::VisitHome { resident: kari(&home), called: false }).await,
        Err(Problem::SignedOut)
    );
    // Another shift, another session.
    home.sign_in().await;
    assert_eq!(home.view().taken_away, None);
}

#[tokio::test(start_paused = true)]
async fn a_bolt_that_moves_while_the_session_is_taken_away_is_told_of_the_visit_it_was_in() {
    let home = at_karis(false).await;
    home.sent().await;
    let visit = home.view().visit.as_ref().unwrap().id;
    let bolt_moves = async {
        while home.air.moved(STAIRWELL) == 0 {
            sleep(Duration::from_millis(1)).await;
        }
        home.station.take_away(WithdrawalReason::ShiftEnded, true);
        home.see("taken away", |v| v.taken_away.is_some()).await;
    };
    tokio::join!(try_door(&home, false), bolt_moves);
    let home = home.restarted().await;
    home.sign_in().await;
    home.see("told", |v| v.status.unsent == 0).await;
    let events = home.station.events();
    let door = events.iter().find(|e| e.kind == EventKind::DoorOperated).expect("the door");
    assert_eq!((door.visit, door.dispatch), (Some(visit), None));
    assert!(home.view().visit.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_was_offline_wipes_when_the_station_refuses_its_session() {
    let home = permitted(false).await;
    home.station.feel(Mood::Unreachable);
    home.see("offline", |v| v.status.network == NetworkState::Offline).await;
    let order = home.station.take_away(WithdrawalReason::PhoneLost, true);
    sleep(Duration::from_secs(600)).await;
    assert_eq!(home.view().roster.openable, 2, "nobody could tell it");
    home.station.feel(Mood::Good);
    home.see("taken away", |v| v.taken_away.as_deref() == Some("phone_lost")).await;
    home.see("told", |v| v.status.unsent == 0).await;
    let wiped = home.station.events().into_iter().find(|e| e.kind == EventKind::KeysWiped).unwrap();
    assert_eq!(wiped.withdrawal, Some(order));
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_is_refused_and_not_told_why_asks_until_it_is() {
    let home = at_karis(false).await;
    home.sent().await;
    home.station.feel(Mood::Unreachable);
    assert_eq!(told(&try_door(&home, false).await), ("opened", None));
    home.station.take_away(WithdrawalReason::PhoneLost, true);
    home.station.feel(Mood::OrdersLost);
    sleep(Duration::from_secs(60)).await;
    home.station.feel(Mood::Good);
    home.see("taken away", |v| v.taken_away.as_deref() == Some("phone_lost")).await;
    assert_eq!(home.view().roster.openable, 0);
    home.see("told", |v| v.status.unsent == 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_phone_whose_session_is_refused_hears_that_it_was_reported_lost_after_that() {
    let home = permitted(false).await;
    home.station.feel(Mood::Unauthenticated);
    home.see("sign-in needed", |v| v.status.sign_in_needed).await;
    home.station.feel(Mood::Good);
    // Somebody guessed at its tokens, say: there is no order, and the worker may sign in and go on.
    sleep(Duration::from_secs(600)).await;
    assert_eq!((home.view().roster.openable, home.view().taken_away.clone()), (2, None));
    let order = home.station.take_away(WithdrawalReason::PhoneLost, true);
    home.see("taken away", |v| v.taken_away.as_deref() == Some("phone_lost")).await;
    assert_eq!(home.view().roster.openable, 0);
    home.see("told", |v| v.status.unsent == 0).await;
    let wiped = home.station.events().into_iter().find(|e| e.kind == EventKind::KeysWiped).unwrap();
    assert_eq!(wiped.withdrawal, Some(order));
}

#[tokio::test(start_paused = true)]
async fn an_alarm_comes_before_where_the_worker_was_going() {
    let home = at_karis(false).await;
    home.station.dispatch(home.body.clone());
    home.see("the alert", |v| !v.alerts.is_empty()).await;
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    let view = home.see("the visit", |v| v.visit.as_ref().is_some_and(|v| v.id == home.dispatch)).await;
    assert!(view.visit.as_ref().unwrap().arrive_by.is_some());
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
}

#[tokio::test(start_paused = true)]
async fn in_an_emergency_a_home_opens_that_nobody_had_permitted() {
    let home = Home::enrolled().await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    let smoke = "Smoke under the door";
    assert_eq!(home.intend(glass("R-84", " ")).await, Err(Problem::Invalid { field: "text".into() }));
    assert_eq!(home.intend(glass("R-85", smoke)).await, Err(Problem::NotFound));
    home.station.feel(Mood::Unreachable);
    assert_eq!(home.intend(glass("R-84", smoke)).await, Err(Problem::NoNetwork));
    home.station.feel(Mood::Good);
    home.station.prepare(&home.body, false);
    home.intend(glass("R-84", smoke)).await.unwrap();
    assert_eq!(home.view().visit.as_ref().unwrap().details.cause, "broken_glass");
    assert_eq!(told(&try_door(&home, false).await), ("opened", None));
}
