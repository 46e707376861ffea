//! `DELETE /v1/session`, and the end of a session by a new one on the same phone.

use axum::extract::State;
use axum::http::StatusCode;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::PhoneId;
use terskel_model::event::EventKind;

use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::{AnySession, PhoneSession};
use crate::db::{Write, ms};
use crate::problem::Failure;

/// Ends the session that the request is made with.
#[utoipa::path(
    delete, path = path::SESSION, tag = "session", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn sign_out(State(app): State<Shared>, session: AnySession) -> Result<StatusCode, Failure> {
    match session {
        AnySession::Phone(session) => {
            let phone = session.phone;
            app.write(&SignOut(session)).await?;
            app.live.session_ended(phone);
        }
        AnySession::Lead(session) => app.write(&LeadSignOut(session.token_hash)).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

struct SignOut(PhoneSession);

impl Write for SignOut {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        end_sessions_of_phone(app, tx, self.0.phone).await?;
        let entry = Entry {
            phone: Some(self.0.phone),
            worker: Some(self.0.worker),
            ..Entry::of_station(app, EventKind::SignedOut)
        };
        entry.store(app, tx).await
    }
}

struct LeadSignOut(String);

impl Write for LeadSignOut {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::query("UPDATE lead_sessions SET ended_ms = $1 WHERE token_hash = $2 AND ended_ms IS NULL")
            .bind(ms(app.now()))
            .bind(&self.0)
            .execute(tx)
            .await?;
        Ok(())
    }
}

/// A phone has one session at a time.
pub(super) async fn end_sessions_of_phone(
    app: &App,
    tx: &mut AnyConnection,
    phone: PhoneId,
) -> Result<(), Failure> {
    sqlx::query("UPDATE sessions SET ended_ms = $1 WHERE phone_id = $2 AND ended_ms IS NULL")
        .bind(ms(app.now()))
        .bind(phone.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
