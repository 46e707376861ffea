//! Doors, hubs and phones that do not do as they should: the screen says what happened, the bolt never moves twice
//! for one slide, and when the trouble is over the visit goes on.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use terskel_companion::interface::{BluetoothState, Intent, Problem, Reach};
use terskel_model::door::{DoorOutcome, DoorReason};
use terskel_tests::stage::until;
use terskel_tests::story::visit::{self, door_ready};

use crate::shift::{KARI, Shift};

const LONG: Duration = Duration::from_secs(30);

fn outcome(outcome: DoorOutcome, reason: DoorReason) -> (String, Option<String>) {
    (outcome.to_string(), Some(reason.to_string()))
}

#[tokio::test]
async fn out_of_range_asleep_and_jammed() -> Result<()> {
    let shift = Shift::begin().await?;
    let (door, lock) = shift.doors()?[0];
    shift.stage.air.fault(lock.0, &json!({"fault": "out_of_range", "on": true})).await?;
    let dispatch = shift.ada_is_on_her_way().await?;
    let refused = outcome(DoorOutcome::Refused, DoorReason::NotFound);
    assert_eq!(shift.ada_slides(dispatch, door).await?, refused);
    shift.stage.air.mend(lock.0).await?;
    door_ready(&shift.ada, door).await?;

    shift.stage.air.fault(lock.0, &json!({"fault": "jammed", "on": true})).await?;
    let jammed = outcome(DoorOutcome::Refused, DoorReason::Jammed);
    assert_eq!(shift.ada_slides(dispatch, door).await?, jammed);
    assert!(!shift.bolt(lock).await?.contains(&"unlocked".to_owned()), "a stuck bolt does not move");
    shift.stage.air.mend(lock.0).await?;

    assert_eq!(shift.ada_slides(dispatch, door).await?, ("opened".to_owned(), None));
    assert_eq!(shift.bolt(lock).await?.iter().filter(|what| *what == "unlocked").count(), 1);
    shift.end().await
}

#[tokio::test]
async fn a_link_that_breaks_under_the_slide_is_never_told_wrong() -> Result<()> {
    let shift = Shift::begin().await?;
    let dispatch = shift.ada_is_on_her_way().await?;
    let (door, lock) = shift.doors()?[0];
    for packet in 1..=4_u32 {
        door_ready(&shift.ada, door).await?;
        let before = shift.bolt(lock).await?.len();
        shift.stage.air.fault(lock.0, &json!({"fault": "link_lost", "at_packet": packet})).await?;
        let (told, reason) = shift.ada_slides(dispatch, door).await?;
        let moved = shift.bolt(lock).await?.len() - before;
        assert!(moved <= 1, "packet {packet}: one slide, {moved} movements");
        match told.as_str() {
            "opened" => assert_eq!(moved, 1, "packet {packet}"),
            "refused" => assert_eq!(moved, 0, "packet {packet}"),
            unsure => {
                assert_eq!((unsure, reason.as_deref()), ("unknown", Some("interrupted")), "packet {packet}")
            }
        }
        shift.stage.air.mend(lock.0).await?;
        // The link may be dying still: what is asked over it has no sure outcome either.
        until("locked again", LONG, async || {
            let lock_again = Intent::LockDoor { dispatch, door };
            Ok(visit::operate(&shift.ada, lock_again, "locked").await.ok())
        })
        .await?;
    }
    shift.end().await
}

#[tokio::test]
async fn bluetooth_is_switched_off_at_the_door_and_on_again() -> Result<()> {
    let shift = Shift::begin().await?;
    let dispatch = shift.ada_is_on_her_way().await?;
    let (door, lock) = shift.doors()?[0];
    door_ready(&shift.ada, door).await?;
    adapter(&shift, &json!({"powered": false})).await?;
    // And the link that was held ready is known to be gone: what is asked over a dying one has no sure outcome.
    let off = |view: &terskel_companion::interface::View| {
        let held = view.visit.as_ref()?.doors.first()?.reach == Reach::Ready;
        (view.status.bluetooth == BluetoothState::Off && !held).then_some(())
    };
    shift.ada.see("Bluetooth is off", LONG, off).await?;
    let refused = outcome(DoorOutcome::Refused, DoorReason::BluetoothOff);
    assert_eq!(shift.ada_slides(dispatch, door).await?, refused);
    assert!(shift.bolt(lock).await?.is_empty());

    adapter(&shift, &json!({"powered": true})).await?;
    door_ready(&shift.ada, door).await?;
    assert_eq!(shift.ada_slides(dispatch, door).await?, ("opened".to_owned(), None));
    shift.end().await
}

#[tokio::test]
async fn a_hub_that_is_gone_does_not_hold_the_worker_back() -> Result<()> {
    let shift = Shift::begin().await?;
    let hub = shift.stage.resident(KARI)?.hub.as_ref().context("Kari has a hub")?.id;
    shift.stage.air.fault(hub.0, &json!({"fault": "out_of_range", "on": true})).await?;
    let dispatch = shift.ada_is_on_her_way().await?;
    for (door, _) in shift.doors()? {
        door_ready(&shift.ada, door).await?;
        assert_eq!(shift.ada_slides(dispatch, door).await?, ("opened".to_owned(), None));
    }
    let answer = shift.ada.intend(&Intent::CheckIn { dispatch }).await?;
    assert_eq!(answer, Err(Problem::HubNotFound));
    shift
        .ada
        .see("the screen says so", LONG, |view| {
            let hub = view.visit.as_ref()?.hub.as_ref()?;
            (hub.problem == Some(Problem::HubNotFound) && hub.reach != Reach::Ready).then_some(())
        })
        .await?;
    visit::done(&shift.ada, Intent::CloseVisit { dispatch }).await?;
    visit::closed(&shift.stage, &shift.ada, dispatch).await?;
    shift.end().await
}

async fn adapter(shift: &Shift, state: &Value) -> Result<()> {
    shift.stage.air.adapter(state).await
}

#[tokio::test]
async fn a_lock_that_changes_its_address_is_found_by_its_serial() -> Result<()> {
    let shift = Shift::begin().await?;
    let resident = shift.stage.resident("1002")?;
    let flat = resident.doors.last().context("a flat")?;
    let lock = flat.lock.as_ref().context("a lock")?;
    anyhow::ensure!(lock.family.as_str() == "danalock", "this story is about a Danalock");
    let dispatch = shift.stage.alarm("1002", "changing-address").await?.id;
    visit::alert(&shift.ada, dispatch).await?;
    visit::done(&shift.ada, Intent::Accept { dispatch }).await?;
    let heard = |reach: Reach| reach != Reach::Looking && reach != Reach::Idle;
    shift
        .ada
        .see("the lock heard", LONG, |view| {
            let door = view.visit.as_ref()?.doors.iter().find(|door| door.id == flat.id)?;
            heard(door.reach).then_some(())
        })
        .await?;
    for _ in 0..2 {
        shift.stage.air.fault(lock.id.0, &json!({"fault": "new_address"})).await?;
        assert_eq!(shift.ada_slides(dispatch, flat.id).await?, ("opened".to_owned(), None));
        let locked = Intent::LockDoor { dispatch, door: flat.id };
        visit::operate(&shift.ada, locked, "locked").await?;
        // It keeps its address while it is connected.
        until("let go", LONG, async || {
            let connected = shift.stage.air.is_connected(lock.id.0).await?;
            Ok((!connected).then_some(()))
        })
        .await?;
    }
    shift.end().await
}
