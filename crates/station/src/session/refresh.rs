//! `POST /v1/session/refresh`: the next pair of tokens for the one that the phone has.
//!
//! Each refresh token is taken once, but on a bad network an answer gets lost, and a request can come twice. So the one
//! just before the newest gives the newest again, as long as the phone has not shown that it has it, and for a minute more.
//! Any older one is in the hands of somebody who has copied the phone's store, key and all: the session ends.

use std::time::Duration;

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::session::Refreshed;
use terskel_model::event::EventKind;

use super::sign_out::end_sessions_of_phone;
use super::tokens::Pair;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::RefreshSession;
use crate::db::{Columns, Write, ms};
use crate::problem::{Failure, problem, refuse};

/// For so long a request that was sent before the answer came may still arrive.
const LATE: Duration = Duration::from_secs(60);

/// Why the audit trail says that a session was ended.
const REUSED: &str = "refresh_token_reused";

/// Gives a phone its next tokens. The refresh token stands where the token stands otherwise, and the proof is made with it.
#[utoipa::path(
    post, path = path::REFRESH, tag = "session", security(("dpop" = [])),
    responses(
        (status = 200, body = Refreshed),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn refresh(
    State(app): State<Shared>,
    asked: RefreshSession,
) -> Result<Answer<Refreshed>, Failure> {
    let phone = asked.session.phone;
    match app.write(&Refresh(asked)).await? {
        Some(pair) => Ok(Answer(pair.issue(&app))),
        None => {
            tracing::warn!(%phone, "an old refresh token was used again: the session is ended");
            app.live.session_ended(phone);
            refuse(code::UNAUTHENTICATED)
        }
    }
}

struct Refresh(RefreshSession);

impl Write for Refresh {
    /// None: an old token was used again, and the session has ended.
    type Output = Option<Pair>;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Option<Pair>, Failure> {
        let next = self.0.generation + 1;
        if !self.advance(app, tx).await? && !self.may_repeat(app, tx).await? {
            self.end(app, tx).await?;
            return Ok(None);
        }
        let (session, phone_key) = (&self.0.session, self.0.key);
        Ok(Some(Pair { session: session.id, generation: next, session_ends: session.ends_at, phone_key }))
    }
}

impl Refresh {
    /// Of two at once, one advances and the other repeats.
    async fn advance(&self, app: &App, tx: &mut AnyConnection) -> Result<bool, Failure> {
        let done = sqlx::query(
            "UPDATE sessions SET generation = generation + 1, refreshed_ms = $1
             WHERE id = $2 AND generation = $3 AND ended_ms IS NULL",
        )
        .bind(ms(app.now()))
        .bind(self.0.session.id.to_string())
        .bind(self.0.generation)
        .execute(tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn may_repeat(&self, app: &App, tx: &mut AnyConnection) -> Result<bool, Failure> {
        let row = sqlx::query(
            "SELECT generation, generation_shown, refreshed_ms FROM sessions WHERE id = $1 AND ended_ms IS NULL",
        )
        .bind(self.0.session.id.to_string())
        .fetch_optional(tx)
        .await?
        .ok_or_else(|| problem(code::UNAUTHENTICATED))?;
        let newest = row.int("generation")?;
        let late = row.time("refreshed_ms")? + LATE >= app.now();
        Ok(newest == self.0.generation + 1 && (row.int("generation_shown")? < newest || late))
    }

    async fn end(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let session = &self.0.session;
        end_sessions_of_phone(app, tx, session.phone).await?;
        let entry = Entry {
            phone: Some(session.phone),
            worker: Some(session.worker),
            reason: Some(REUSED.to_owned()),
            ..Entry::of_station(app, EventKind::SignedOut)
        };
        entry.store(app, tx).await
    }
}
