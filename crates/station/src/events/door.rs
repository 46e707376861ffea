//! A lock was asked to open or to lock.

use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_model::DispatchId;
use terskel_model::door::DoorOutcome;
use terskel_model::event::{PhoneEvent, Proof};

use crate::problem::{Failure, invalid, refuse};

/// The key must be one that was issued to this phone and worker, for this door and dispatch. Without a key, a phone
/// can only tell that nothing happened.
pub(super) async fn operated(
    event: &PhoneEvent,
    dispatch: DispatchId,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let door = event.door.ok_or_else(|| invalid("door", "is missing"))?;
    if event.operation.is_none() || event.outcome.is_none() {
        return Err(invalid("outcome", "this or operation is missing"));
    }
    let Some(key) = event.key else {
        return if event.outcome == Some(DoorOutcome::Refused) {
            on_the_way(dispatch, door, tx).await.map(|()| Proof::PhoneSignature)
        } else {
            refuse(code::BAD_PROOF)
        };
    };
    let issued = sqlx::query(
        "SELECT id FROM issued_keys WHERE id = $1 AND phone_id = $2 AND worker_id = $3 AND door_id = $4
         AND dispatch_id = $5",
    )
    .bind(key.to_string())
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .bind(door.to_string())
    .bind(dispatch.to_string())
    .fetch_optional(tx)
    .await?;
    if issued.is_some() { Ok(Proof::DigitalKey) } else { refuse(code::BAD_PROOF) }
}

/// The worker passed the door without its lock.
pub(super) async fn passed(
    event: &PhoneEvent,
    dispatch: DispatchId,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let door = event.door.ok_or_else(|| invalid("door", "is missing"))?;
    if event.reason.is_none() {
        return Err(invalid("reason", "is missing"));
    }
    on_the_way(dispatch, door, tx).await.map(|()| Proof::PhoneSignature)
}

async fn on_the_way(
    dispatch: DispatchId,
    door: terskel_model::DoorId,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let row = sqlx::query(
        "SELECT rd.door_id FROM resident_doors rd JOIN dispatches d ON d.resident_id = rd.resident_id
         WHERE d.id = $1 AND rd.door_id = $2 LIMIT 1",
    )
    .bind(dispatch.to_string())
    .bind(door.to_string())
    .fetch_optional(tx)
    .await?;
    if row.is_some() { Ok(()) } else { refuse(code::NOT_FOUND) }
}
