//! What is deleted, and when. The table is in the module's head.

use sqlx::{Connection as _, SqliteConnection};
use terskel_model::Timestamp;
use terskel_model::rules::READABLE_AFTER_ACCEPT;

use super::{Result, Store, ms};

#[cfg(test)]
mod table;

/// Visits that are over, and accepted before a time.
const OVER: &str = "SELECT dispatch FROM visit WHERE closed_at_ms IS NOT NULL AND accepted_at_ms <= $1";

impl Store {
    /// The worker has signed out, or the shift has ended. Unsent events and refusals stay: they are signed and name
    /// nobody but by id.
    pub(crate) async fn end_session(&self) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        wipe_shift(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes what has come to its end by `now`. Returns whether anything was deleted.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Result<bool> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let over =
            sqlx::query("DELETE FROM session WHERE ends_at_ms <= $1").bind(ms(now)).execute(&mut *tx).await?;
        let mut deleted = over.rows_affected();
        if deleted > 0 {
            wipe_shift(&mut tx).await?;
        }
        let accepted_before = ms(now - READABLE_AFTER_ACCEPT);
        let ended = sqlx::query("DELETE FROM digital_key WHERE dispatch IS NULL AND expires_ms <= $1")
            .bind(ms(now))
            .execute(&mut *tx)
            .await?;
        if ended.rows_affected() > 0 {
            // The clock may have been wrong, and the station would say that nothing is new.
            sqlx::query("UPDATE bundle SET version = ''").execute(&mut *tx).await?;
        }
        deleted += ended.rows_affected();
        for table in ["digital_key WHERE dispatch", "door WHERE dispatch"] {
            // The table names are the ones above; nothing from outside is in the text.
            let sql = format!("DELETE FROM {table} IN ({OVER})");
            let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(accepted_before).execute(&mut *tx).await?;
            deleted += done.rows_affected();
        }
        deleted += forget_texts(&mut tx, accepted_before).await?;
        let done = sqlx::query(
            "UPDATE visit SET resident_name = NULL
             WHERE closed_at_ms IS NOT NULL AND accepted_at_ms <= $1 AND resident_name IS NOT NULL",
        )
        .bind(accepted_before)
        .execute(&mut *tx)
        .await?;
        deleted += done.rows_affected();
        tx.commit().await?;
        Ok(deleted > 0)
    }
}

/// The text of dispatches whose visits are over, and of the alarms of the phone's own visits, unless such an alarm was accepted by
/// itself and that visit goes on. That such a dispatch is over
/// stays until the shift ends: an older word of it that comes late is no new alert. Returns how many had one.
async fn forget_texts(tx: &mut SqliteConnection, accepted_before: i64) -> Result<u64> {
    // The text that is put together is the one above; nothing from outside is in it.
    let sql = format!(
        "UPDATE dispatch SET body = json_set(body, '$.phase', 'closed', '$.mine', json('false'),
           '$.accepted_by', NULL, '$.visit', NULL, '$.details', NULL)
         WHERE (id IN ({OVER}) OR json_extract(body, '$.visit') IN ({OVER}))
           AND id NOT IN (SELECT dispatch FROM visit WHERE closed_at_ms IS NULL)
           AND (json_extract(body, '$.mine') OR json_extract(body, '$.details') IS NOT NULL
                OR json_extract(body, '$.visit') IS NOT NULL)"
    );
    let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(accepted_before).execute(&mut *tx).await?;
    Ok(done.rows_affected())
}

/// Everything of residents, keys and the session.
pub(super) async fn wipe_shift(tx: &mut SqliteConnection) -> Result<()> {
    for sql in [
        "DELETE FROM session",
        "DELETE FROM cursor",
        "DELETE FROM followed",
        // What is left of a spent one says why, until the next sign-in.
        "DELETE FROM app_lock WHERE hash <> ''",
    ] {
        sqlx::query(sql).execute(&mut *tx).await?;
    }
    super::installation::forget_home(tx).await?;
    wipe_homes(tx).await
}

/// Everything of residents, and all keys.
pub(super) async fn wipe_homes(tx: &mut SqliteConnection) -> Result<()> {
    for sql in [
        "DELETE FROM dispatch",
        "DELETE FROM home",
        "DELETE FROM roster",
        "DELETE FROM roster_state",
        "DELETE FROM bundle",
        "DELETE FROM digital_key",
        // That a visit was the worker's own must be known until what goes on in it has ended: a bolt that moves, a hub that
        // answers. Whose home it was goes. The next sign-in deletes the rest.
        "DELETE FROM visit WHERE NOT own OR closed_at_ms IS NOT NULL",
        "UPDATE visit SET resident_name = NULL",
        "DELETE FROM door",
    ] {
        sqlx::query(sql).execute(&mut *tx).await?;
    }
    Ok(())
}
