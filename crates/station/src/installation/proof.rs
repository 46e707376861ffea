//! The installation ends only with a proven opening and locking: two signed events of the phone that say so.

use sqlx::AnyConnection;
use terskel_api::installation::Installation;
use terskel_keys::event;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::{EventId, PhoneId};

use crate::auth::TeamLead;
use crate::db::Columns;
use crate::problem::{Failure, invalid};

/// The lock has opened, and locked after that.
pub(super) async fn check(
    installation: &Installation,
    lead: &TeamLead,
    phone: PhoneId,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let tested = |event: &PhoneEvent, operation: Operation, outcome: DoorOutcome| {
        event.kind == EventKind::LockTested
            && event.phone == phone
            && event.worker == lead.worker
            && event.door == Some(installation.door)
            && event.lock.as_ref().is_some_and(|report| report.lock == installation.lock.id)
            && event.operation == Some(operation)
            && event.outcome == Some(outcome)
    };
    let opened = taken(installation.opened, tx).await?;
    let opened = opened.filter(|event| tested(event, Operation::Open, DoorOutcome::Opened));
    let opened = opened.ok_or_else(|| invalid("opened", "is no event by which this lock has opened"))?;
    let locked = taken(installation.locked, tx).await?.filter(|event| {
        tested(event, Operation::Lock, DoorOutcome::Locked) && event.sequence > opened.sequence
    });
    locked.map(drop).ok_or_else(|| invalid("locked", "is no event by which this lock has locked after that"))
}

/// The event as it was taken in, its signature verified.
async fn taken(id: EventId, tx: &mut AnyConnection) -> Result<Option<PhoneEvent>, Failure> {
    let row = sqlx::query("SELECT signed FROM phone_events WHERE id = $1 AND refused IS NULL")
        .bind(id.to_string())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    // Erased by retention, it proves nothing any more.
    Ok(event::peek(&row.bytes("signed")?).ok())
}
