//! What phones tell of entries.

use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_model::LockId;
use terskel_model::event::PhoneEvent;
use terskel_model::lock_report::LockEntry;

use super::UNWANTED;
use crate::app::App;
use crate::db::ms;
use crate::problem::Failure;

/// An entry is in the lock's list, or is not. A phone is believed of its own entry that it is there, and of those alone that
/// shall not be there that they are gone: no phone puts another one out.
pub(crate) async fn told(
    entry: &LockEntry,
    lock: LockId,
    event: &PhoneEvent,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let (Some(id), Some(until)) = (entry.id, entry.until) else {
        return gone(&entry.name, lock, app, tx).await;
    };
    sqlx::query(
        "UPDATE lock_entries SET authorization_id = $1, written_until_ms = $2
         WHERE lock_id = $3 AND name = $4 AND phone_id = $5 AND until_ms >= $2",
    )
    .bind(i64::from(id))
    .bind(ms(until))
    .bind(lock.to_string())
    .bind(&entry.name)
    .bind(event.phone.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

async fn gone(name: &str, lock: LockId, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
    // The text is the one above; nothing from outside is in it.
    let delete = format!(
        "DELETE FROM lock_entries WHERE id IN
         (SELECT e.id FROM lock_entries e WHERE e.lock_id = $1 AND e.name = $3 AND {UNWANTED})"
    );
    sqlx::query(AssertSqlSafe(delete))
        .bind(lock.to_string())
        .bind(ms(app.now()))
        .bind(name)
        .execute(tx)
        .await?;
    Ok(())
}

/// The lock did not take a key: if it was an entry's, somebody else has removed it, or the lock's clock is wrong. The next key
/// comes with the standing secret, and writes it anew.
pub(crate) async fn rejected(event: &PhoneEvent, tx: &mut AnyConnection) -> Result<(), Failure> {
    sqlx::query(
        "UPDATE lock_entries SET authorization_id = NULL WHERE phone_id = $1 AND (lock_id, permission_id) IN
         (SELECT lock_id, permission_id FROM issued_keys WHERE id = $2)",
    )
    .bind(event.phone.to_string())
    .bind(event.key.map(|key| key.to_string()))
    .execute(tx)
    .await?;
    Ok(())
}
