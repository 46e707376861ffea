//! `GET /v1/sessions/{id}/withdrawal`: a phone whose session is refused asks whether it was taken away.

use axum::extract::State;
use axum::response::Json;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::withdrawal::Withdrawal;
use terskel_model::{SessionId, WithdrawalId};

use super::load;
use crate::app::Shared;
use crate::db::Columns;
use crate::extract::PathId;
use crate::problem::{Failure, problem};

/// The order that ended a session, until it is confirmed. The session's credentials are of no use any more: its id, which
/// only the phone and the station know, is enough to be told to wipe.
#[utoipa::path(
    get, path = path::SESSION_WITHDRAWAL, tag = "withdrawals",
    params(("id" = SessionId, Path, description = "The session")),
    responses(
        (status = 200, body = Withdrawal),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn of_session(
    State(app): State<Shared>,
    PathId(session): PathId<SessionId>,
) -> Result<Json<Withdrawal>, Failure> {
    let mut reader = app.reader().await?;
    let row = sqlx::query("SELECT id FROM withdrawals WHERE session_id = $1")
        .bind(session.to_string())
        .fetch_optional(&mut *reader)
        .await?
        .ok_or_else(|| problem(code::NOT_FOUND))?;
    let id: WithdrawalId = row.id("id")?;
    let told = load(id, &mut reader).await?.ok_or_else(|| problem(code::NOT_FOUND))?;
    Ok(Json(told.to(session)))
}
