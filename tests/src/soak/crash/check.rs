//! What must hold after a visit, whatever was killed during it.

use std::collections::HashSet;

use anyhow::{Context as _, Result, ensure};
use terskel_api::audit::AuditEntry;
use terskel_companion::interface::View;
use terskel_model::DispatchId;
use terskel_model::door::DoorOutcome;
use terskel_model::event::EventKind;

use super::worker::Memory;
use crate::stage::Stage;
use crate::stage::town::LEAD;
use crate::story::export;

/// Nothing lost, nothing twice: by the trail, by what the locks counted (`moved`), and by what the worker has seen.
///
/// # Errors
/// Naming what does not hold.
pub(super) async fn whole(
    stage: &Stage,
    dispatch: DispatchId,
    (view, memory): (&View, &Memory),
    moved: usize,
) -> Result<()> {
    ensure!(view.refusals.is_empty() && view.status.unsent == 0, "the phone keeps something: {view:#?}");
    let lead = stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
    let trail = lead.audit(dispatch).await?.entries;
    told_once(&trail, memory).with_context(|| format!("{memory:?}, {trail:#?}"))?;
    doors(&trail, memory, moved).with_context(|| format!("{memory:?}, {moved} movements, {trail:#?}"))?;
    // Signatures, the phone's chain without a gap, receipts of the hub, each in the log.
    export::accepted(&lead, dispatch).await.map(drop)
}

fn told_once(trail: &[AuditEntry], memory: &Memory) -> Result<()> {
    let ids: HashSet<_> = trail.iter().map(|entry| entry.id).collect();
    ensure!(ids.len() == trail.len(), "an event is there twice");
    let count = |kind: &EventKind| trail.iter().filter(|entry| entry.kind == *kind).count();
    for kind in [
        EventKind::DispatchReceived,
        EventKind::AlertDelivered,
        EventKind::DispatchAccepted,
        EventKind::VisitClosed,
    ] {
        ensure!(count(&kind) == 1, "{kind} is there {} times", count(&kind));
    }
    // Whoever is killed while the hub answers asks it again: one event at most for each time.
    for (kind, asked) in [(EventKind::CheckedIn, memory.asked.0), (EventKind::CheckedOut, memory.asked.1)] {
        let told = count(&kind);
        ensure!((1..=asked).contains(&told), "{kind} is there {told} times, and was asked for {asked} times");
    }
    let again = count(&EventKind::AcceptedOffline);
    ensure!(again <= 1, "the phone tells its acceptance {again} times");
    Ok(())
}

/// One event at most for each slide, one for each outcome that the screen has told, and none missing for a bolt that moved.
fn doors(trail: &[AuditEntry], memory: &Memory, moved: usize) -> Result<()> {
    let outcomes: Vec<_> = trail
        .iter()
        .filter(|entry| entry.kind == EventKind::DoorOperated)
        .filter_map(|entry| entry.outcome.clone())
        .collect();
    ensure!(outcomes.len() <= memory.slides, "more events than slides");
    for told in &memory.told {
        let (in_trail, on_screen) = (
            outcomes.iter().filter(|outcome| outcome.as_str() == told).count(),
            memory.told.iter().filter(|other| *other == told).count(),
        );
        ensure!(in_trail >= on_screen, "an outcome that the screen has told is not in the trail: {told}");
    }
    let may_have_moved = outcomes.iter().filter(|outcome| **outcome != DoorOutcome::Refused).count();
    ensure!(moved <= may_have_moved, "a bolt has moved that no event tells of");
    Ok(())
}
