//! What is known of the time. It outlives shifts: an expired key does not come back with a wrong clock.

use std::time::Duration;

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_model::Uptime;
use terskel_model::trusted_time::{BootId, Mark, TrustedTime};

use super::{Result, Store, id, ms, time};

impl Store {
    /// What was kept last.
    pub(crate) async fn clock(&self) -> Result<TrustedTime> {
        let mut guard = self.connection().await?;
        Ok(TrustedTime {
            station: read(&mut guard, "station").await?,
            latest: read(&mut guard, "latest").await?,
        })
    }

    /// Keeps it.
    pub(crate) async fn save_clock(&self, clock: &TrustedTime) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        sqlx::query("DELETE FROM clock").execute(&mut *tx).await?;
        for (what, mark) in [("station", clock.station), ("latest", clock.latest)] {
            let Some(mark) = mark else { continue };
            sqlx::query("INSERT INTO clock (what, at_ms, uptime_ms, boot) VALUES ($1, $2, $3, $4)")
                .bind(what)
                .bind(ms(mark.at))
                .bind(i64::try_from(mark.uptime.0.as_millis()).unwrap_or(i64::MAX))
                .bind(mark.boot.0.to_string())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}

async fn read(connection: &mut SqliteConnection, what: &str) -> Result<Option<Mark>> {
    let row = sqlx::query("SELECT at_ms, uptime_ms, boot FROM clock WHERE what = $1")
        .bind(what)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let uptime: i64 = row.try_get("uptime_ms")?;
    Ok(Some(Mark {
        at: time(row.try_get("at_ms")?)?,
        uptime: Uptime(Duration::from_millis(uptime.unsigned_abs())),
        boot: BootId(id(row.try_get("boot")?)?),
    }))
}
