//! A lock refused what was fetched for it: taken back by its vendor, say. Its source is asked again before the time, and keys
//! with the refused token are not given out again once there is another. Until then they are: one phone's word keeps nobody
//! else out.

use chrono::TimeDelta;
use sqlx::AnyConnection;
use terskel_model::LockId;
use terskel_model::door::DoorReason;
use terskel_model::event::PhoneEvent;

use crate::app::App;
use crate::db::{Columns, ms};
use crate::problem::Failure;

/// What has just been fetched is not asked for again because a phone says so.
pub(super) const YOUNG: TimeDelta = TimeDelta::minutes(1);

/// A phone told that a lock did not take its key. The lock's own word of a key that has not ended counts alone.
pub(crate) async fn refused(event: &PhoneEvent, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
    let says = |why: DoorReason| event.reason.as_deref() == Some(why.as_str());
    if !says(DoorReason::KeyRejected) && !says(DoorReason::KeyExpired) {
        return Ok(());
    }
    let row = sqlx::query(
        "SELECT f.lock_id, f.fetched_ms FROM fetched_secrets f JOIN issued_keys k ON k.lock_id = f.lock_id
         WHERE k.id = $1 AND k.phone_id = $2 AND k.expires_ms > $3 AND k.entry_plan = '' AND f.given = 0",
    )
    .bind(event.key.map(|key| key.to_string()))
    .bind(event.phone.to_string())
    .bind(ms(event.at))
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let at = row.time_or_none("fetched_ms")?.map_or(app.now(), |fetched| app.now().max(fetched + YOUNG));
    sqlx::query(
        "UPDATE fetched_secrets SET refused_ms = COALESCE(refused_ms, $1),
         next_ms = CASE WHEN next_ms < $2 THEN next_ms ELSE $2 END WHERE lock_id = $3",
    )
    .bind(ms(app.now()))
    .bind(ms(at))
    .bind(row.text("lock_id")?)
    .execute(tx)
    .await?;
    Ok(())
}

/// There is another token: no key with the refused one is as good as a new one. What was for once stays given.
pub(super) async fn replaced(lock: LockId, tx: &mut AnyConnection) -> Result<(), Failure> {
    sqlx::query(
        "UPDATE issued_keys SET entry_plan = 'refused' WHERE lock_id = $1 AND entry_plan = ''
         AND id NOT IN (SELECT key_id FROM permission_uses)
         AND EXISTS (SELECT 1 FROM fetched_secrets f WHERE f.lock_id = $1 AND f.refused_ms IS NOT NULL)",
    )
    .bind(lock.to_string())
    .execute(tx)
    .await?;
    Ok(())
}
