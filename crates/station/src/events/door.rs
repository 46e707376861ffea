//! A lock was asked to open or to lock.

use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_api::problem::code;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::event::{PhoneEvent, Proof};
use terskel_model::{DispatchId, DoorId, KeyId};

use super::ground::Ground;
use crate::app::App;
use crate::db::ms;
use crate::keys::{entries, source};
use crate::problem::{Failure, invalid, refuse};

/// The key must be one that was issued to this phone and worker for this door: for the event's dispatch, or for none.
/// Without a key, a phone can only tell that nothing happened.
pub(super) async fn operated(
    event: &PhoneEvent,
    dispatch: Option<DispatchId>,
    ground: &mut Ground,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let door = event.door.ok_or_else(|| invalid("door", "is missing"))?;
    if event.operation.is_none() || event.outcome.is_none() {
        return Err(invalid("outcome", "this or operation is missing"));
    }
    let Some(key) = event.key else { return without_key(event, dispatch, door, ground, tx).await };
    let issued = sqlx::query(
        "SELECT id FROM issued_keys WHERE id = $1 AND phone_id = $2 AND worker_id = $3 AND door_id = $4
         AND COALESCE(dispatch_id, $5) = $5",
    )
    .bind(key.to_string())
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .bind(door.to_string())
    .bind(dispatch.map(|id| id.to_string()).unwrap_or_default())
    .fetch_optional(&mut *tx)
    .await?;
    if issued.is_none() {
        return refuse(code::BAD_PROOF);
    }
    if event.operation == Some(Operation::Open) && event.outcome != Some(DoorOutcome::Refused) {
        used(event, key, app, tx).await?;
    }
    if [DoorReason::KeyRejected, DoorReason::LockNotNow]
        .iter()
        .any(|why| event.reason.as_deref() == Some(why.as_str()))
    {
        entries::rejected(event, tx).await?;
    }
    source::refused(event, app, tx).await?;
    Ok(Proof::DigitalKey)
}

async fn without_key(
    event: &PhoneEvent,
    dispatch: Option<DispatchId>,
    door: DoorId,
    ground: &mut Ground,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    if event.outcome != Some(DoorOutcome::Refused) {
        return refuse(code::BAD_PROOF);
    }
    there(event, dispatch, door, ground, tx).await.map(|()| Proof::PhoneSignature)
}

/// The phone has business at this door.
async fn there(
    event: &PhoneEvent,
    dispatch: Option<DispatchId>,
    door: DoorId,
    ground: &mut Ground,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    match dispatch {
        Some(dispatch) => ground.on_the_way(dispatch, door, tx).await,
        None => had_key(event, door, tx).await,
    }
}

/// Where the key was for once, that was it: also when nobody knows whether the door opened, and when the phone has been given
/// another meanwhile, as the first was good for nothing any more. That one goes with the next bundle.
async fn used(event: &PhoneEvent, key: KeyId, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
    let same_use = "(SELECT permission_id FROM issued_keys WHERE id = $2)
         AND door_id = (SELECT door_id FROM issued_keys WHERE id = $2)";
    sqlx::query(AssertSqlSafe(format!(
        "UPDATE permission_uses SET opened_ms = $1 WHERE opened_ms IS NULL AND permission_id = {same_use}"
    )))
    .bind(ms(event.at))
    .bind(key.to_string())
    .execute(&mut *tx)
    .await?;
    sqlx::query(AssertSqlSafe(format!(
        "UPDATE issued_keys SET withdrawn_ms = $1 WHERE withdrawn_ms IS NULL AND id <> $2 AND id IN (
           SELECT key_id FROM permission_uses WHERE permission_id = {same_use})"
    )))
    .bind(ms(app.now()))
    .bind(key.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

/// Without a dispatch, a phone tells only of doors that it had a key for.
async fn had_key(event: &PhoneEvent, door: DoorId, tx: &mut AnyConnection) -> Result<(), Failure> {
    let row = sqlx::query(
        "SELECT id FROM issued_keys WHERE phone_id = $1 AND worker_id = $2 AND door_id = $3 LIMIT 1",
    )
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .bind(door.to_string())
    .fetch_optional(tx)
    .await?;
    if row.is_some() { Ok(()) } else { refuse(code::NOT_FOUND) }
}

/// The worker passed the door without its lock.
pub(super) async fn passed(
    event: &PhoneEvent,
    dispatch: Option<DispatchId>,
    ground: &mut Ground,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let door = event.door.ok_or_else(|| invalid("door", "is missing"))?;
    if event.reason.is_none() {
        return Err(invalid("reason", "is missing"));
    }
    there(event, dispatch, door, ground, tx).await.map(|()| Proof::PhoneSignature)
}

/// The worker looked at the code of its keypad.
pub(super) async fn code_shown(
    event: &PhoneEvent,
    dispatch: Option<DispatchId>,
    ground: &mut Ground,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let door = event.door.ok_or_else(|| invalid("door", "is missing"))?;
    there(event, dispatch, door, ground, tx).await.map(|()| Proof::PhoneSignature)
}
