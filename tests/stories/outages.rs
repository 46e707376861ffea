//! Programs that die in the middle of the night. Nothing is lost, nothing happens twice.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;
use terskel_companion::interface::Intent;
use terskel_model::door::DoorOutcome;
use terskel_model::event::EventKind;
use terskel_tests::stage::town::LEAD;
use terskel_tests::stage::until;
use terskel_tests::story::visit::{self, closed, door_ready, hub_ready};

use crate::shift::Shift;

/// More packets than any session has.
const MANY: u32 = 10_000;

#[tokio::test]
async fn the_station_dies_between_the_doors_and_the_story_still_ends() -> Result<()> {
    let mut shift = Shift::begin().await?;
    let dispatch = shift.ada_is_on_her_way().await?;
    let [(stairwell, stairwell_lock), (flat, flat_lock)] = shift.doors()?[..] else {
        panic!("Kari has two doors")
    };
    door_ready(&shift.ada, stairwell).await?;
    shift.stage = shift.stage.restart_station().await?;
    visit::operate(&shift.ada, Intent::OpenDoor { dispatch, door: stairwell }, "opened").await?;
    door_ready(&shift.ada, flat).await?;
    visit::operate(&shift.ada, Intent::OpenDoor { dispatch, door: flat }, "opened").await?;
    hub_ready(&shift.ada).await?;
    visit::done(&shift.ada, Intent::CheckIn { dispatch }).await?;
    shift.stage = shift.stage.restart_station().await?;
    visit::done(&shift.ada, Intent::CheckOut { dispatch }).await?;
    visit::operate(&shift.ada, Intent::LockDoor { dispatch, door: flat }, "locked").await?;
    visit::done(&shift.ada, Intent::CloseVisit { dispatch }).await?;
    all_sent(&shift).await?;
    closed(&shift.stage, &shift.ada, dispatch).await?;

    assert_eq!(shift.bolt(stairwell_lock).await?, ["unlocked"]);
    assert_eq!(shift.bolt(flat_lock).await?, ["unlocked", "locked"]);
    let lead = shift.stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
    let trail = lead.audit(dispatch).await?;
    let count = |kind: EventKind| trail.entries.iter().filter(|entry| entry.kind == kind).count();
    let told = [
        EventKind::DoorOperated,
        EventKind::CheckedIn,
        EventKind::CheckedOut,
        EventKind::DispatchAccepted,
        EventKind::VisitClosed,
    ];
    assert_eq!(told.map(count), [3, 1, 1, 1, 1], "nothing lost, nothing doubled: {:#?}", trail.entries);
    shift.end().await
}

#[tokio::test]
async fn the_phone_dies_while_a_lock_hangs_and_tells_that_it_does_not_know() -> Result<()> {
    let mut shift = Shift::begin().await?;
    let dispatch = shift.ada_is_on_her_way().await?;
    let (stairwell, lock) = shift.doors()?[0];
    door_ready(&shift.ada, stairwell).await?;
    // The lock swallows the command; a far-off fault counts the packets, so that the phone dies after it, not before.
    shift.stage.air.fault(lock.0, &json!({"fault": "hang", "on": true})).await?;
    shift.stage.air.fault(lock.0, &json!({"fault": "link_lost", "at_packet": MANY})).await?;
    let slide = Intent::OpenDoor { dispatch, door: stairwell };
    let command_out = until("the command is out", Duration::from_secs(10), async || {
        let left = shift.stage.air.device(lock.0).await?.link_lost_at_packet;
        Ok(left.is_some_and(|left| left < MANY).then_some(()))
    });
    tokio::select! {
        answer = shift.ada.intend(&slide) => panic!("a lock that hangs has no answer: {answer:?}"),
        out = command_out => out?,
    }
    shift.ada.kill().await?;
    shift.stage.air.mend(lock.0).await?;

    shift.ada = shift.stage.phone("Ada").await?;
    let last = shift
        .ada
        .see("what came of the slide", Duration::from_secs(10), |view| {
            view.visit.as_ref()?.doors.first()?.last.clone()
        })
        .await?;
    assert_eq!((last.outcome.as_str(), last.reason.as_deref()), ("unknown", Some("interrupted")));

    // Ada slides again of her own will, and goes on.
    door_ready(&shift.ada, stairwell).await?;
    visit::operate(&shift.ada, slide, "opened").await?;
    all_sent(&shift).await?;
    let lead = shift.stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
    let trail = lead.audit(dispatch).await?;
    let outcomes: Vec<_> = trail.entries.iter().filter_map(|entry| entry.outcome.clone()).collect();
    assert_eq!(outcomes, [DoorOutcome::Unsure, DoorOutcome::Opened], "one outcome for each slide");
    ensure!(shift.bolt(lock).await?.len() <= 2, "a bolt moved without a slide");
    shift.end().await
}

/// The phone finds the station again and has nothing left to send.
async fn all_sent(shift: &Shift) -> Result<()> {
    until("everything sent", Duration::from_secs(40), async || {
        let unsent =
            shift.ada.see("the status", Duration::from_secs(5), |view| Some(view.status.unsent)).await?;
        Ok((unsent == 0).then_some(()))
    })
    .await
}
