//! Digital keys, of dispatches and of the shift.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use terskel_api::continuity::Continuity;
use terskel_api::dispatch::Dispatch;
use terskel_api::key::{KeyBundle, KeyHome};
use terskel_model::{DispatchId, KeyId, LockId, Timestamp};

use super::asked::{self, Asked, Kept};
use super::snapshot::{KeyFacts, KeyState};
use super::{Result, Store, StoreError, id, ms, time};
use crate::roster::folded;

impl Store {
    /// The dispatch is this phone's; `keys` have been verified. They replace the ones it had. That it is this phone's stands
    /// also where its keys have been [overtaken](Kept::Overtaken).
    pub(crate) async fn save_accepted(
        &self,
        asked: &Asked,
        dispatch: &Dispatch,
        keys: &[KeyFacts],
    ) -> Result<Kept> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let kept = asked::now(&mut tx, asked).await?;
        if kept == Kept::TooLate {
            return Ok(kept);
        }
        let known: Option<i64> = sqlx::query_scalar("SELECT revision FROM dispatch WHERE id = $1")
            .bind(dispatch.id.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        if known.is_none_or(|known| dispatch.revision >= known.unsigned_abs()) {
            super::dispatches::put(&mut tx, dispatch).await?;
        }
        if kept == Kept::Whole {
            sqlx::query("DELETE FROM digital_key WHERE dispatch = $1")
                .bind(dispatch.id.to_string())
                .execute(&mut *tx)
                .await?;
            for key in keys {
                put(&mut tx, key).await?;
            }
        }
        tx.commit().await?;
        Ok(kept)
    }

    /// The keys of the shift, which have been verified, and the homes they are for. Those that are not among them any more
    /// are deleted; what was taken away or used is not made good again.
    ///
    /// `whole`: nothing of it had to be left out; then the same version is not asked for again.
    pub(crate) async fn save_bundle(
        &self,
        asked: &Asked,
        bundle: &KeyBundle,
        (keys, whole): (&[KeyFacts], bool),
        now: Timestamp,
    ) -> Result<Kept> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let kept = asked::now(&mut tx, asked).await?;
        if kept != Kept::Whole {
            return Ok(kept);
        }
        let known: Vec<String> =
            sqlx::query_scalar("SELECT id FROM digital_key WHERE dispatch IS NULL AND state = 'good'")
                .fetch_all(&mut *tx)
                .await?;
        for old in known.iter().filter(|old| !keys.iter().any(|key| key.id.to_string() == **old)) {
            sqlx::query("DELETE FROM digital_key WHERE id = $1").bind(old).execute(&mut *tx).await?;
        }
        sqlx::query("DELETE FROM digital_key WHERE dispatch IS NULL AND expires_ms <= $1")
            .bind(ms(now))
            .execute(&mut *tx)
            .await?;
        for key in keys {
            put(&mut tx, key).await?;
        }
        sqlx::query("DELETE FROM home").execute(&mut *tx).await?;
        for home in &bundle.homes {
            put_home(&mut tx, home).await?;
        }
        let continuity =
            serde_json::to_string(&bundle.continuity).map_err(|_| StoreError::Unreadable("continuity"))?;
        sqlx::query("INSERT OR REPLACE INTO bundle (only, version, continuity) VALUES (1, $1, $2)")
            .bind(if whole { bundle.version.as_str() } else { "" })
            .bind(continuity)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// A home more, with its keys, which have been verified.
    pub(crate) async fn add_home(&self, asked: &Asked, home: &KeyHome, keys: &[KeyFacts]) -> Result<Kept> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let kept = asked::now(&mut tx, asked).await?;
        if kept != Kept::Whole {
            return Ok(kept);
        }
        put_home(&mut tx, home).await?;
        for key in keys {
            put(&mut tx, key).await?;
        }
        // Not what the station gave last any more: it could be back at that, without these keys, and say that nothing is new.
        sqlx::query("UPDATE bundle SET version = ''").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(kept)
    }
}

impl Store {
    /// All of them.
    pub(crate) async fn keys(&self) -> Result<Vec<KeyFacts>> {
        select(&mut *self.connection().await?, "1", &[]).await
    }

    /// Which of these locks keys of the shift open now, and until when.
    pub(crate) async fn openable(
        &self,
        locks: &[LockId],
        now: Timestamp,
    ) -> Result<HashMap<LockId, Timestamp>> {
        let sql = format!(
            "SELECT lock, max(expires_ms) AS until_ms FROM digital_key
             WHERE dispatch IS NULL AND state = 'good' AND expires_ms > $1 AND lock IN ({}) GROUP BY lock",
            places(locks.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(ms(now));
        for lock in locks {
            query = query.bind(lock.to_string());
        }
        let rows = query.fetch_all(&mut *self.connection().await?).await?;
        let of = |row: &SqliteRow| Ok((id::<LockId>(row.try_get("lock")?)?, time(row.try_get("until_ms")?)?));
        rows.iter().map(of).collect()
    }
}

async fn put_home(tx: &mut SqliteConnection, home: &KeyHome) -> Result<()> {
    let body = serde_json::to_string(home).map_err(|_| StoreError::Unreadable("home"))?;
    sqlx::query("INSERT OR REPLACE INTO home (resident, body, folded) VALUES ($1, $2, $3)")
        .bind(home.resident.id.to_string())
        .bind(body)
        .bind(folded(&home.resident))
        .execute(tx)
        .await?;
    Ok(())
}

/// The door was opened with this key, or may have been: one that was for once is used up.
pub(super) async fn used(tx: &mut SqliteConnection, key: KeyId) -> Result<()> {
    sqlx::query("UPDATE digital_key SET state = 'used' WHERE id = $1 AND once = 1 AND state = 'good'")
        .bind(key.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// The key is gone: of it stays that it was taken away.
pub(super) async fn withdraw(tx: &mut SqliteConnection, key: KeyId) -> Result<()> {
    sqlx::query("UPDATE digital_key SET state = 'withdrawn', bytes = x'' WHERE id = $1")
        .bind(key.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

async fn put(tx: &mut SqliteConnection, key: &KeyFacts) -> Result<()> {
    sqlx::query(
        "INSERT INTO digital_key (id, dispatch, lock, once, expires_ms, bytes, opens, locks)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
    )
    .bind(key.id.to_string())
    .bind(key.dispatch.map(|dispatch| dispatch.to_string()))
    .bind(key.lock.to_string())
    .bind(key.once)
    .bind(ms(key.expires))
    .bind(&key.bytes)
    .bind(key.opens)
    .bind(key.locks)
    .execute(tx)
    .await?;
    Ok(())
}

/// Keys of dispatches, and those of the shift for these locks: what doors are asked with. A lead's shift has thousands.
pub(super) async fn read(connection: &mut SqliteConnection, locks: &[LockId]) -> Result<Vec<KeyFacts>> {
    let condition = format!(
        "dispatch IS NOT NULL
         OR (dispatch IS NULL AND state IN ('good', 'used', 'withdrawn') AND lock IN ({}))",
        places(locks.len(), 1)
    );
    select(connection, &condition, locks).await
}

/// When the last key of the shift ends, of each lock that there are such for.
pub(super) async fn ends(connection: &mut SqliteConnection) -> Result<Vec<Timestamp>> {
    let ends: Vec<i64> = sqlx::query_scalar(
        "SELECT max(expires_ms) FROM digital_key WHERE dispatch IS NULL AND state = 'good' GROUP BY lock",
    )
    .fetch_all(connection)
    .await?;
    ends.into_iter().map(time).collect()
}

async fn select(
    connection: &mut SqliteConnection,
    condition: &str,
    locks: &[LockId],
) -> Result<Vec<KeyFacts>> {
    let sql = format!(
        "SELECT id, dispatch, lock, once, state, expires_ms, bytes, opens, locks FROM digital_key
         WHERE {condition} ORDER BY id"
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for lock in locks {
        query = query.bind(lock.to_string());
    }
    query.fetch_all(connection).await?.iter().map(facts).collect()
}

/// `$first, …`: so many.
fn places(count: usize, first: usize) -> String {
    (first..first + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

fn facts(row: &SqliteRow) -> Result<KeyFacts> {
    let dispatch: Option<String> = row.try_get("dispatch")?;
    Ok(KeyFacts {
        id: id::<KeyId>(row.try_get("id")?)?,
        dispatch: dispatch.as_deref().map(id::<DispatchId>).transpose()?,
        lock: id::<LockId>(row.try_get("lock")?)?,
        once: row.try_get("once")?,
        opens: row.try_get("opens")?,
        locks: row.try_get("locks")?,
        state: match row.try_get("state")? {
            "good" => KeyState::Good,
            "used" => KeyState::Used,
            _ => KeyState::Withdrawn,
        },
        expires: time(row.try_get("expires_ms")?)?,
        bytes: row.try_get("bytes")?,
    })
}

/// What the station gave for the shift: its version, empty where it is to be asked for again, and the team's plan.
pub(super) async fn bundle(connection: &mut SqliteConnection) -> Result<(String, Continuity)> {
    let row = sqlx::query("SELECT version, continuity FROM bundle").fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(Default::default()) };
    let continuity: &str = row.try_get("continuity")?;
    let continuity = serde_json::from_str(continuity).map_err(|_| StoreError::Unreadable("continuity"))?;
    Ok((row.try_get("version")?, continuity))
}
