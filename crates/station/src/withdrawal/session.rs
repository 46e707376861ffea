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

/// The order that ended a session, until it is confirmed; or a later one of the same worker's on the same phone, whose sign-in
/// the phone has not had the answer to. The session's credentials are of no use any more: its id, which
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
    let row = sqlx::query(
        "SELECT w.id, w.session_id FROM withdrawals w JOIN sessions s ON s.id = w.session_id
         JOIN sessions asked ON asked.phone_id = s.phone_id AND asked.worker_id = s.worker_id
         WHERE asked.id = $1 AND s.started_ms >= asked.started_ms AND w.confirmed_ms IS NULL
         ORDER BY s.started_ms, w.revision LIMIT 1",
    )
    .bind(session.to_string())
    .fetch_optional(&mut *reader)
    .await?
    .ok_or_else(|| problem(code::NOT_FOUND))?;
    let (id, ended): (WithdrawalId, SessionId) = (row.id("id")?, row.id("session_id")?);
    let told = load(id, &mut reader).await?.ok_or_else(|| problem(code::NOT_FOUND))?;
    Ok(Json(told.to(ended)))
}
