//! What is deleted, and when. The table is in the module's head.

use sqlx::{Connection as _, SqliteConnection};
use terskel_model::Timestamp;
use terskel_model::rules::READABLE_AFTER_ACCEPT;

use super::{Result, Store, ms};

#[cfg(test)]
mod table;

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
        deleted += ended.rows_affected();
        for table in ["dispatch WHERE id", "digital_key WHERE dispatch", "door WHERE dispatch"] {
            // The table names are the ones above; nothing from outside is in the text.
            let sql = format!(
                "DELETE FROM {table} IN
                 (SELECT dispatch FROM visit WHERE closed_at_ms IS NOT NULL AND accepted_at_ms <= $1)"
            );
            let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(accepted_before).execute(&mut *tx).await?;
            deleted += done.rows_affected();
        }
        // The alarm of a visit of the phone's own goes with it.
        let done = sqlx::query(
            "DELETE FROM dispatch WHERE json_extract(body, '$.visit') IN
             (SELECT dispatch FROM visit WHERE closed_at_ms IS NOT NULL AND accepted_at_ms <= $1)",
        )
        .bind(accepted_before)
        .execute(&mut *tx)
        .await?;
        deleted += done.rows_affected();
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
        "DELETE FROM visit",
        "DELETE FROM door",
    ] {
        sqlx::query(sql).execute(&mut *tx).await?;
    }
    Ok(())
}
