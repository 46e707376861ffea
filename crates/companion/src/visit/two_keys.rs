//! A lock for which the phone has two keys, one of the dispatch and one of the shift that lasts longer, and one of them does not
//! open it.

use std::time::Duration;

use terskel_model::digital_key::KeyBasis;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::withdrawal::WithdrawalReason;
use tokio::time::sleep;

use crate::interface::{DoorResult, Intent, NetworkState, Outcome, Reach};
use crate::testing::{Fate, Flaw, Home, STAIRWELL};

/// On the way to Kari, with keys of both kinds; those on these grounds have a flaw.
async fn with_both(family: &str, flawed: Option<(KeyBasis, Flaw)>) -> Home {
    let home = Home::behind([family, "dkey"]).await.on_shift().await;
    if let Some((basis, flaw)) = flawed {
        home.station.spoil(basis, flaw);
    }
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    home.station.permit(&home.body, false);
    home.see("the keys", |v| v.roster.openable == 2).await;
    let home = home.with_alert().await;
    home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
    home
}

async fn foreign(family: &str, basis: KeyBasis) -> Home {
    let secret = Home::behind([family, "dkey"]).await.foreign_secret();
    with_both(family, Some((basis, Flaw::Foreign(secret)))).await
}

async fn lock(home: &Home) -> DoorResult {
    let intent = Intent::LockDoor { dispatch: home.dispatch, door: home.stairwell };
    match home.intend(intent).await {
        Ok(Outcome::Door { result }) => result,
        other => panic!("{other:?}"),
    }
}

fn operated(home: &Home) -> Vec<PhoneEvent> {
    home.station.events().into_iter().filter(|event| event.kind == EventKind::DoorOperated).collect()
}

#[tokio::test(start_paused = true)]
async fn in_an_alarm_the_key_of_the_dispatch_opens_whatever_became_of_the_one_of_the_shift() {
    for family in ["dkey", "nuki", "toy"] {
        let home = foreign(family, KeyBasis::Shift).await;
        home.see("ready", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Ready).await;
        let opened = home.open(home.stairwell).await;
        assert_eq!(opened.outcome, "opened", "{family}: {opened:?}");
        home.sent().await;
        assert_eq!((operated(&home).len(), home.air.moved(STAIRWELL)), (1, 1), "{family}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_only_locks_is_not_asked_to_open() {
    for basis in [KeyBasis::Shift, KeyBasis::Dispatch] {
        let home = with_both("dkey", Some((basis.clone(), Flaw::Only(Operation::Lock)))).await;
        assert_eq!(home.open(home.stairwell).await.outcome, "opened", "{basis}");
        assert_eq!(lock(&home).await.outcome, "locked", "{basis}");
        home.sent().await;
        assert_eq!(operated(&home).len(), 2, "{basis}: each at the first try");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_the_lock_refuses_is_followed_by_the_other_in_the_same_slide_and_both_are_told() {
    for family in ["dkey", "nuki", "toy"] {
        let home = foreign(family, KeyBasis::Dispatch).await;
        let opened = home.open(home.stairwell).await;
        assert_eq!(opened.outcome, "opened", "{family}: {opened:?}");
        home.sent().await;
        let told = operated(&home);
        let [refused, good] = &told[..] else { panic!("{family}: {told:?}") };
        assert_eq!(refused.outcome, Some(DoorOutcome::Refused), "{family}");
        assert_eq!(refused.reason.as_deref(), Some("key_rejected"), "{family}");
        assert_eq!(good.outcome, Some(DoorOutcome::Opened), "{family}");
        assert!(refused.key.is_some() && good.key.is_some() && refused.key != good.key, "{family}");
        assert_eq!(home.air.moved(STAIRWELL), 1, "{family}");
        // From now on the good one comes first.
        assert_eq!(lock(&home).await.outcome, "locked", "{family}");
        home.sent().await;
        let keys: Vec<_> = operated(&home).iter().map(|event| event.key).collect();
        assert_eq!(keys, [refused.key, good.key, good.key], "{family}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_command_of_which_nothing_is_known_no_other_key_is_tried() {
    let home = with_both("nuki", None).await;
    home.see("ready", |v| v.visit.as_ref().unwrap().doors[0].reach == Reach::Ready).await;
    let mut unknown = 0;
    for n in 1..12 {
        let (moved, told) = (home.air.moved(STAIRWELL), operated(&home).len());
        home.air.befall(STAIRWELL, n, Fate::Cut);
        let result = home.open(home.stairwell).await;
        unknown += u32::from(result.outcome == "unknown");
        sleep(Duration::from_secs(5)).await;
        home.sent().await;
        assert_eq!(operated(&home).len(), told + 1, "{n}: {result:?}");
        assert!(home.air.moved(STAIRWELL) <= moved + 1, "{n}: {result:?}");
        home.air.has_befallen(STAIRWELL);
        lock(&home).await;
        home.sent().await;
    }
    assert!(unknown > 0);
}

#[tokio::test(start_paused = true)]
async fn a_prepared_session_whose_key_is_taken_away_opens_nothing_though_another_key_is_there() {
    let secret = Home::behind(["nuki", "dkey"]).await.foreign_secret();
    let home = with_both("nuki", Some((KeyBasis::Dispatch, Flaw::Foreign(secret)))).await;
    // The dispatch's key is refused: the one of the shift is ready.
    assert_eq!(home.open(home.stairwell).await.outcome, "opened");
    assert_eq!(lock(&home).await.outcome, "locked");
    home.sent().await;
    home.station.take_away(WithdrawalReason::PermissionTakenAway, false);
    home.see("no keys of the shift", |v| v.roster.openable == 0).await;
    let refused = home.open(home.stairwell).await;
    assert_eq!((refused.outcome.as_str(), refused.reason.as_deref()), ("refused", Some("key_rejected")));
    assert_eq!(home.air.moved(STAIRWELL), 2);
}
