//! Begins a worker's session: bound to phone, worker and shift.

use sqlx::AnyConnection;
use terskel_api::Bytes;
use terskel_api::problem::code;
use terskel_api::session::{Refreshed, SignedIn};
use terskel_keys::badge::{self, Badge};
use terskel_model::capability::Capabilities;
use terskel_model::event::EventKind;
use terskel_model::phone_policy::PhonePolicy;
use terskel_model::{PhoneId, SessionId, ShiftId, TeamId, Timestamp, WorkerId};

use super::sign_out::end_sessions_of_phone;
use super::tokens::Pair;
use crate::admin::policy::policy;
use crate::app::App;
use crate::audit::Entry;
use crate::authority::Schedule;
use crate::db::{Columns, Write, ms};
use crate::problem::{Failure, problem, refuse};

/// The PIN was right, and the phone has proved that it has this key.
pub(super) struct StartSession {
    pub(super) phone: PhoneId,
    pub(super) worker: WorkerId,
    pub(super) signing_key: [u8; 65],
    /// What the phone says that it can do.
    pub(super) capabilities: Option<Capabilities>,
}

struct Shift {
    id: ShiftId,
    team: TeamId,
    team_name: String,
    worker_name: String,
    leads: bool,
    ends_at: Timestamp,
    policy: PhonePolicy,
}

impl Write for StartSession {
    type Output = SignedIn;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<SignedIn, Failure> {
        let shift = self.shift_now(app, tx).await?;
        self.lock_phone(tx).await?;
        end_sessions_of_phone(app, tx, self.phone).await?;
        let session = SessionId::new(&*app.world);
        self.store(app, tx, session, &shift).await?;
        let entry = Entry {
            phone: Some(self.phone),
            worker: Some(self.worker),
            ..Entry::of_station(app, EventKind::SignedIn)
        };
        entry.store(app, tx).await?;
        let pair = Pair { session, generation: 1, session_ends: shift.ends_at, phone_key: self.signing_key };
        let Refreshed { token, token_lasts_s, refresh_token } = pair.issue(app);
        Ok(SignedIn {
            session,
            token,
            token_lasts_s,
            refresh_token,
            worker: self.worker,
            worker_name: shift.worker_name,
            team: shift.team,
            team_name: shift.team_name,
            leads: shift.leads,
            ends_at: shift.ends_at,
            badge: self.badge(app, tx, shift.ends_at).await?,
            authority: Schedule::load(tx).await?.published(app.now()),
            station_time: app.now(),
            policy: shift.policy,
            capabilities: Some(Capabilities::ours()),
        })
    }
}

impl StartSession {
    /// Of two sign-ins on one phone at the same moment, the second waits and then ends the first's session. A phone that
    /// was withdrawn meanwhile is refused.
    async fn lock_phone(&self, tx: &mut AnyConnection) -> Result<(), Failure> {
        let done = sqlx::query("UPDATE phones SET name = name WHERE id = $1 AND withdrawn_ms IS NULL")
            .bind(self.phone.to_string())
            .execute(tx)
            .await?;
        if done.rows_affected() == 1 { Ok(()) } else { refuse(code::PHONE_UNKNOWN) }
    }

    /// The shift that goes on longest, where several overlap.
    async fn shift_now(&self, app: &App, tx: &mut AnyConnection) -> Result<Shift, Failure> {
        let row = sqlx::query(
            "SELECT s.id, s.team_id, s.ends_ms, t.name AS team_name, t.lock_after_s, t.notices, w.name AS worker_name,
             w.leads_team
             FROM shifts s JOIN teams t ON t.id = s.team_id JOIN workers w ON w.id = s.worker_id
             WHERE s.worker_id = $1 AND s.starts_ms <= $2 AND s.ends_ms > $2 ORDER BY s.ends_ms DESC LIMIT 1",
        )
        .bind(self.worker.to_string())
        .bind(ms(app.now()))
        .fetch_optional(tx)
        .await?
        .ok_or_else(|| problem(code::NOT_ON_SHIFT))?;
        Ok(Shift {
            id: row.id("id")?,
            team: row.id("team_id")?,
            team_name: row.text("team_name")?,
            worker_name: row.text("worker_name")?,
            leads: row.text_or_none("leads_team")? == row.text_or_none("team_id")?,
            ends_at: row.time("ends_ms")?,
            policy: policy(&row)?,
        })
    }

    async fn store(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        session: SessionId,
        shift: &Shift,
    ) -> Result<(), Failure> {
        sqlx::query(
            "INSERT INTO sessions (id, bearer_hash, phone_id, worker_id, team_id, shift_id, stream_from, refreshed_ms,
             started_ms, ends_ms, capabilities) SELECT $1, $1, $2, $3, $4, $5, seq, $6, $6, $7, $8 FROM stream_head
             WHERE one = 1",
        )
        .bind(session.to_string())
        .bind(self.phone.to_string())
        .bind(self.worker.to_string())
        .bind(shift.team.to_string())
        .bind(shift.id.to_string())
        .bind(ms(app.now()))
        .bind(ms(shift.ends_at))
        .bind(self.capabilities.as_ref().map(Capabilities::to_text))
        .execute(tx)
        .await?;
        Ok(())
    }

    async fn badge(&self, app: &App, tx: &mut AnyConnection, ends_at: Timestamp) -> Result<Bytes, Failure> {
        let authority = app.authority.signer(app.now(), tx).await?;
        let badge = Badge {
            worker: self.worker,
            phone: self.phone,
            signing_key: self.signing_key,
            issued_at: app.now(),
            expires: ends_at,
        };
        badge::issue(&authority, &badge).map(Bytes).map_err(|_| Failure::Internal("no badge was issued"))
    }
}
