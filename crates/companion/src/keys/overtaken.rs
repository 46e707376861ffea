//! Orders to wipe that overtake an answer of the station: what the answer brings is not put back.

use std::time::Duration;

use terskel_model::event::EventKind;
use terskel_model::withdrawal::WithdrawalReason;
use tokio::time::sleep;

use crate::interface::{Intent, NetworkState, Problem};
use crate::state::PhoneClock;
use crate::store::{Snapshot, Store};
use crate::testing::{Home, store_key};

const A_WHILE: Duration = Duration::from_secs(2);

async fn online() -> Home {
    let home = Home::enrolled().await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    home
}

fn break_glass() -> Intent {
    let reason = "danger".into();
    Intent::BreakGlass { resident_number: "R-84".into(), reason, text: "Smoke under the door".into() }
}

/// What lies in the phone.
async fn kept(home: &Home) -> (Store, Snapshot) {
    let store = Store::open(&home.store, &store_key()).await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    (store, snapshot)
}

/// While the answer waits, the order comes and is followed; then the answer.
async fn overtake(home: &Home, reason: WithdrawalReason, everything: bool) {
    sleep(A_WHILE).await;
    home.station.take_away(reason, everything);
    sleep(A_WHILE).await;
    home.station.sky.hold(false);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_on_its_way_when_it_was_taken_away_does_not_come_back() {
    let home = online().await;
    home.station.sky.hold(true);
    home.station.permit(&home.body, false);
    overtake(&home, WithdrawalReason::PermissionTakenAway, false).await;
    sleep(A_WHILE).await;
    home.sent().await;
    assert_eq!(home.station.kinds(), ["keys_wiped"], "the lead reads that they are gone");
    let (store, _) = kept(&home).await;
    assert_eq!(store.keys().await.unwrap(), [], "and they are");
    // What is permitted after that comes.
    home.station.permit(&home.body, false);
    home.see("the keys", |v| v.roster.openable == 2).await;
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_is_taken_and_opened_though_an_order_overtook_its_keys() {
    let home = online().await;
    home.station.permit(&home.body, false);
    home.see("the keys", |v| v.roster.openable == 2).await;
    let home = home.with_alert().await;
    home.station.sky.hold(true);
    let accept = home.intend(Intent::Accept { dispatch: home.dispatch });
    let overtake = overtake(&home, WithdrawalReason::PermissionTakenAway, false);
    let (accepted, ()) = tokio::join!(accept, overtake);
    accepted.unwrap();
    assert_eq!(home.view().visit.as_ref().unwrap().id, home.dispatch);
    home.see("the keys", |v| v.visit.as_ref().unwrap().doors.iter().all(|door| door.key_until.is_some()))
        .await;
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
}

#[tokio::test(start_paused = true)]
async fn an_emergency_opens_though_an_order_overtook_its_keys() {
    let home = online().await;
    home.station.behind_glass(&home.body);
    home.station.sky.hold(true);
    let overtake = overtake(&home, WithdrawalReason::PermissionTakenAway, false);
    let (broken, ()) = tokio::join!(home.intend(break_glass()), overtake);
    broken.unwrap();
    let visit = home.view().visit.as_ref().unwrap().id;
    home.intend(Intent::OpenDoor { dispatch: visit, door: home.stairwell }).await.unwrap();
    home.sent().await;
    let opened = home.station.events().into_iter().find(|event| event.kind == EventKind::DoorOperated);
    assert_eq!(opened.unwrap().outcome.unwrap().as_str(), "opened");
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_has_wiped_everything_keeps_nothing_of_what_was_still_on_its_way() {
    for way in ["keys", "accept", "glass"] {
        let home = online().await.with_alert().await;
        home.station.behind_glass(&home.body);
        let (_, before) = kept(&home).await;
        home.station.sky.hold(true);
        let ask = async {
            match way {
                "keys" => {
                    home.station.permit(&home.body, false);
                    Err(Problem::SignedOut)
                }
                "accept" => home.intend(Intent::Accept { dispatch: home.dispatch }).await,
                _ => home.intend(break_glass()).await,
            }
        };
        let overtake = overtake(&home, WithdrawalReason::PhoneLost, true);
        let (asked, ()) = tokio::join!(ask, overtake);
        assert_eq!(asked, Err(Problem::SignedOut), "{way}");
        sleep(A_WHILE).await;
        let (store, after) = kept(&home).await;
        // Nor what the stream still tells.
        let clock = PhoneClock::open(home.world.clone(), &store).await.unwrap();
        let (phone, session) = (before.phone.unwrap(), before.session.unwrap());
        assert!(!store.receive(&home.body, None, &phone, &session, &clock).await.unwrap());
        assert!(store.snapshot().await.unwrap().dispatches.is_empty(), "{way}");
        assert!(after.dispatches.is_empty() && after.visits.is_empty(), "{way}");
        assert_eq!(store.keys().await.unwrap(), [], "{way}");
        let resident = home.body.details.as_ref().unwrap().resident.id;
        assert!(store.home(resident).await.unwrap().is_none(), "{way}");
    }
}
