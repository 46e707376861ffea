//! Whether the audit trail at the station tells the story as it was played.

use anyhow::{Context, Result, ensure};
use terskel_api::audit::{AuditEntry, AuditTrail};
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, Proof};
use terskel_simulator::Resident;

use crate::stage::town::{ADA, BO};

/// What the trail must show, one line an entry, in order.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    kind: EventKind,
    who: Option<String>,
    door: Option<String>,
    operation: Option<Operation>,
    outcome: Option<DoorOutcome>,
    proof: Proof,
}

/// Compares a trail with the story of [`super::play`] at the home of `resident`.
///
/// Delivery is acknowledged by each phone in its own time, so those two entries are looked for anywhere after the
/// dispatch came in.
///
/// # Errors
/// Naming what is missing, too much, or in the wrong place.
pub fn verify(trail: &AuditTrail, resident: &Resident) -> Result<()> {
    let (delivered, told): (Vec<_>, Vec<_>) =
        trail.entries.iter().partition(|entry| entry.kind == EventKind::AlertDelivered);
    let mut by: Vec<_> = delivered.iter().filter_map(|entry| entry.worker_name.as_deref()).collect();
    by.sort_unstable();
    ensure!(by == [ADA.name, BO.name], "the alert was delivered to {by:?}");
    let first = trail.entries.first().context("the trail is empty")?;
    ensure!(first.kind == EventKind::DispatchReceived, "the trail begins with {}", first.kind);
    ensure!(trail.entries.is_sorted_by_key(|entry| entry.at), "the trail is not in the order of time");

    // What was learnt of locks comes when their sessions end; a story is the same whenever that is.
    let (reports, told): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|entry| entry.kind == EventKind::LockReported);
    ensure!(reports.iter().all(|entry| entry.door.is_some()), "a report names its door");

    // On a bad network the answer to an acceptance is lost: then the phone tells it again, by itself.
    let (again, told): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|entry| entry.kind == EventKind::AcceptedOffline);
    ensure!(again.len() <= 1 && again.iter().all(by_ada), "accepted again: {again:?}");

    let told: Vec<_> = told.into_iter().map(line).collect();
    let expected = expected(resident);
    for (at, (told, expected)) in told.iter().zip(&expected).enumerate() {
        ensure!(told == expected, "entry {at} of the trail is {told:?}, the story says {expected:?}");
    }
    ensure!(told.len() == expected.len(), "{} entries, the story has {}", told.len(), expected.len());
    Ok(())
}

fn by_ada(entry: &&AuditEntry) -> bool {
    entry.worker_name.as_deref() == Some(ADA.name)
}

fn line(entry: &AuditEntry) -> Line {
    Line {
        kind: entry.kind.clone(),
        // Keys are issued by the station itself, for whom is told by the acceptance before.
        who: entry.worker_name.clone().filter(|_| entry.kind != EventKind::KeyIssued),
        door: entry.door_name.clone(),
        operation: entry.operation.clone(),
        outcome: entry.outcome.clone(),
        proof: entry.proof.clone(),
    }
}

fn expected(resident: &Resident) -> Vec<Line> {
    let of = |kind, who: Option<&str>, proof| Line {
        kind,
        who: who.map(str::to_owned),
        door: None,
        operation: None,
        outcome: None,
        proof,
    };
    let at = |door: &str, line| Line { door: Some(door.to_owned()), ..line };
    let operated = |door: &str, operation, outcome| Line {
        operation: Some(operation),
        outcome: Some(outcome),
        ..at(door, of(EventKind::DoorOperated, Some(ADA.name), Proof::DigitalKey))
    };
    let doors: Vec<_> = resident.doors.iter().filter(|door| door.lock.is_some()).collect();
    let mut lines = vec![
        of(EventKind::DispatchReceived, None, Proof::CentreToken),
        of(EventKind::DispatchDeclined, Some(BO.name), Proof::Station),
        of(EventKind::DispatchAccepted, Some(ADA.name), Proof::Station),
    ];
    lines.extend(doors.iter().map(|door| at(&door.name, of(EventKind::KeyIssued, None, Proof::Station))));
    lines.extend(doors.iter().map(|door| operated(&door.name, Operation::Open, DoorOutcome::Opened)));
    if resident.hub.is_some() {
        lines.push(of(EventKind::CheckedIn, Some(ADA.name), Proof::HubReceipt));
        lines.push(of(EventKind::CheckedOut, Some(ADA.name), Proof::HubReceipt));
    }
    lines.extend(doors.last().map(|door| operated(&door.name, Operation::Lock, DoorOutcome::Locked)));
    lines.push(of(EventKind::VisitClosed, Some(ADA.name), Proof::PhoneSignature));
    lines
}
