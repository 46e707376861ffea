//! Accepted dispatches, with their digital keys.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_api::dispatch::Dispatch;
use terskel_model::{DispatchId, KeyId, LockId};

use super::snapshot::KeyFacts;
use super::{Result, Store, id, ms, time};

impl Store {
    /// The dispatch is this phone's; `keys` have been verified. They replace the ones it had.
    pub(crate) async fn save_accepted(&self, dispatch: &Dispatch, keys: &[KeyFacts]) -> Result<()> {
        let mut guard = self.connection().await;
        let mut tx = guard.begin().await?;
        let known: Option<i64> = sqlx::query_scalar("SELECT revision FROM dispatch WHERE id = $1")
            .bind(dispatch.id.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        if known.is_none_or(|known| dispatch.revision >= known.unsigned_abs()) {
            super::dispatches::put(&mut tx, dispatch).await?;
        }
        sqlx::query("DELETE FROM digital_key WHERE dispatch = $1")
            .bind(dispatch.id.to_string())
            .execute(&mut *tx)
            .await?;
        for key in keys {
            put(&mut tx, key).await?;
        }
        Ok(tx.commit().await?)
    }
}

async fn put(tx: &mut SqliteConnection, key: &KeyFacts) -> Result<()> {
    sqlx::query("INSERT OR REPLACE INTO digital_key (id, dispatch, lock, expires_ms, bytes) VALUES ($1, $2, $3, $4, $5)")
        .bind(key.id.to_string())
        .bind(key.dispatch.to_string())
        .bind(key.lock.to_string())
        .bind(ms(key.expires))
        .bind(&key.bytes)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Vec<KeyFacts>> {
    let rows = sqlx::query("SELECT id, dispatch, lock, expires_ms, bytes FROM digital_key ORDER BY id")
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(KeyFacts {
                id: id::<KeyId>(row.try_get("id")?)?,
                dispatch: id::<DispatchId>(row.try_get("dispatch")?)?,
                lock: id::<LockId>(row.try_get("lock")?)?,
                expires: time(row.try_get("expires_ms")?)?,
                bytes: row.try_get("bytes")?,
            })
        })
        .collect()
}
