//! The worker on shift.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_api::Secret;
use terskel_model::capability::Capabilities;
use terskel_model::phone_policy::PhonePolicy;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{SessionId, Timestamp, WorkerId};

use super::{Result, Store, id, ms, time};

/// A sign-in, until the shift ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// The station's name for it.
    pub(crate) id: SessionId,
    /// What the phone shows with each request, for some minutes.
    pub(crate) token: Secret,
    /// What gives the next token.
    pub(crate) refresh: Secret,
    /// Who.
    pub(crate) worker: WorkerId,
    /// Their name.
    pub(crate) worker_name: String,
    /// Their team's.
    pub(crate) team_name: String,
    /// Leads the team on shift.
    pub(crate) leads: bool,
    /// The shift ends.
    pub(crate) ends_at: Timestamp,
    /// For hubs.
    pub(crate) badge: Vec<u8>,
    /// The station has ended it: the worker must sign in again.
    pub(crate) rejected: bool,
    /// The station has taken it away: why.
    pub(crate) withdrawn: Option<WithdrawalReason>,
    /// What the unit has decided about its phones.
    pub(crate) policy: PhonePolicy,
    /// What the station can do.
    pub(crate) station_can: Capabilities,
}

impl Store {
    /// A sign-in. What another worker left is wiped; the same worker finds their visit as it was.
    pub(crate) async fn save_session(&self, session: &Session) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let before = read(&mut tx).await?;
        match before {
            // From its cursor on the stream tells what has happened meanwhile: without it, only what is open now.
            Some(b) if b.worker == session.worker && b.team_name == session.team_name => {}
            // Their visit is theirs; the rest is another team's.
            Some(b) if b.worker == session.worker => leave_team(&mut tx).await?,
            _ => {
                super::retention::wipe_shift(&mut tx).await?;
                sqlx::query("DELETE FROM visit").execute(&mut *tx).await?;
            }
        }
        sqlx::query("DELETE FROM session").execute(&mut *tx).await?;
        // Each sign-in has a code of its own.
        sqlx::query("DELETE FROM app_lock").execute(&mut *tx).await?;
        sqlx::query(
            "INSERT INTO session (only, id, token, worker, worker_name, team_name, ends_at_ms, badge, rejected, refresh, leads,
             lock_after_s, notices, station_can) VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(session.id.to_string())
        .bind(session.token.expose())
        .bind(session.worker.to_string())
        .bind(&session.worker_name)
        .bind(&session.team_name)
        .bind(ms(session.ends_at))
        .bind(&session.badge)
        .bind(session.rejected)
        .bind(session.refresh.expose())
        .bind(session.leads)
        .bind(session.policy.lock_after_s)
        .bind(session.policy.notices.as_str())
        .bind(session.station_can.to_text())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// The next tokens of this session. False when it is over on this phone.
    pub(crate) async fn save_tokens(
        &self,
        session: SessionId,
        token: &Secret,
        refresh: &Secret,
    ) -> Result<bool> {
        let done = sqlx::query("UPDATE session SET token = $2, refresh = $3 WHERE id = $1")
            .bind(session.to_string())
            .bind(token.expose())
            .bind(refresh.expose())
            .execute(&mut *self.connection().await?)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The team has decided anew about its phones.
    pub(crate) async fn save_policy(&self, session: SessionId, policy: &PhonePolicy) -> Result<()> {
        sqlx::query("UPDATE session SET lock_after_s = $2, notices = $3 WHERE id = $1")
            .bind(session.to_string())
            .bind(policy.lock_after_s)
            .bind(policy.notices.as_str())
            .execute(&mut *self.connection().await?)
            .await?;
        Ok(())
    }

    /// The station has refused this session. Another session that has begun meanwhile is left alone.
    pub(crate) async fn reject_session(&self, session: SessionId) -> Result<()> {
        sqlx::query("UPDATE session SET rejected = 1 WHERE id = $1")
            .bind(session.to_string())
            .execute(&mut *self.connection().await?)
            .await?;
        Ok(())
    }
}

/// What the phone had for another team; not what the worker's own visits are to, and their alarms.
async fn leave_team(tx: &mut SqliteConnection) -> Result<()> {
    super::roster::wipe(tx).await?;
    sqlx::query(
        "DELETE FROM dispatch WHERE id NOT IN (SELECT dispatch FROM visit) AND json_extract(body, '$.visit') IS NULL",
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM cursor").execute(tx).await?;
    Ok(())
}

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Option<Session>> {
    let row = sqlx::query(
        "SELECT id, token, refresh, worker, worker_name, team_name, ends_at_ms, badge, rejected, withdrawn,
         leads, lock_after_s, notices, station_can FROM session",
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Session {
        id: id(row.try_get("id")?)?,
        token: Secret::new(row.try_get::<String, _>("token")?),
        refresh: Secret::new(row.try_get::<String, _>("refresh")?),
        worker: id(row.try_get("worker")?)?,
        worker_name: row.try_get("worker_name")?,
        team_name: row.try_get("team_name")?,
        leads: row.try_get("leads")?,
        ends_at: time(row.try_get("ends_at_ms")?)?,
        badge: row.try_get("badge")?,
        rejected: row.try_get("rejected")?,
        withdrawn: row.try_get::<Option<&str>, _>("withdrawn")?.map(WithdrawalReason::from),
        policy: PhonePolicy {
            lock_after_s: row.try_get("lock_after_s")?,
            notices: row.try_get::<&str, _>("notices")?.into(),
        },
        station_can: Capabilities::from_text(row.try_get("station_can")?),
    }))
}
