//! What a lead's phone tells while it installs a lock: paired or not, opened or not, given up.

use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_model::DoorId;
use terskel_model::event::{EventKind, PhoneEvent, Proof};

use crate::locks::check_report;
use crate::problem::{Failure, invalid, refuse};

/// By a lead, at a door of the own team's homes; or at one that does not exist yet.
pub(crate) async fn told(event: &PhoneEvent, tx: &mut AnyConnection) -> Result<Proof, Failure> {
    let door = event.door.ok_or_else(|| invalid("door", "is missing"))?;
    check_report(event.lock.as_ref().ok_or_else(|| invalid("lock", "is missing"))?)?;
    if event.kind == EventKind::LockTested && (event.operation.is_none() || event.outcome.is_none()) {
        return Err(invalid("outcome", "this or operation is missing"));
    }
    leads(event, tx).await?;
    own_or_new(event, door, tx).await?;
    Ok(Proof::PhoneSignature)
}

async fn leads(event: &PhoneEvent, tx: &mut AnyConnection) -> Result<(), Failure> {
    let row = sqlx::query("SELECT id FROM workers WHERE id = $1 AND leads_team IS NOT NULL")
        .bind(event.worker.to_string())
        .fetch_optional(tx)
        .await?;
    if row.is_some() { Ok(()) } else { refuse(code::FORBIDDEN) }
}

async fn own_or_new(event: &PhoneEvent, door: DoorId, tx: &mut AnyConnection) -> Result<(), Failure> {
    let row = sqlx::query(
        "SELECT o.id FROM doors o WHERE o.id = $1 AND NOT EXISTS (
           SELECT 1 FROM resident_doors rd JOIN residents r ON r.id = rd.resident_id
           JOIN workers w ON w.leads_team = r.team_id WHERE rd.door_id = o.id AND w.id = $2)",
    )
    .bind(door.to_string())
    .bind(event.worker.to_string())
    .fetch_optional(tx)
    .await?;
    if row.is_none() { Ok(()) } else { refuse(code::NOT_FOUND) }
}
