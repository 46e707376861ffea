//! `GET /v1/dispatches/{id}`: how far the team is, for the response centre that called it out.

use axum::extract::State;
use axum::response::Json as Answer;
use terskel_api::dispatch::CentreDispatch;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::dispatch::DispatchPhase;
use terskel_model::{DispatchId, TokenId};

use crate::app::{App, Shared};
use crate::auth::Centre;
use crate::db::Columns;
use crate::extract::PathId;
use crate::problem::{Failure, problem};

/// Reads one of the centre's own dispatches.
#[utoipa::path(
    get, path = path::DISPATCH, tag = "dispatch", security(("bearer" = [])),
    params(("id" = DispatchId, Path, description = "The dispatch")),
    responses(
        (status = 200, body = CentreDispatch),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn read(
    State(app): State<Shared>,
    Centre(centre): Centre,
    PathId(id): PathId<DispatchId>,
) -> Result<Answer<CentreDispatch>, Failure> {
    centre_view(&app, centre, id).await.map(Answer)
}

/// The dispatch as its centre sees it; another centre's is not found.
pub(super) async fn centre_view(
    app: &App,
    centre: TokenId,
    id: DispatchId,
) -> Result<CentreDispatch, Failure> {
    let row = sqlx::query(
        "SELECT reference, phase, received_ms, unanswered_ms, accepted_ms, overdue_ms, arrived_ms, closed_ms,
         (SELECT COUNT(*) FROM deliveries WHERE dispatch_id = $1) AS delivered,
         (SELECT COUNT(*) FROM declines WHERE dispatch_id = $1) AS declined
         FROM dispatches WHERE id = $1 AND centre_id = $2",
    )
    .bind(id.to_string())
    .bind(centre.to_string())
    .fetch_optional(&mut *app.reader().await?)
    .await?
    .ok_or_else(|| problem(code::NOT_FOUND))?;
    Ok(CentreDispatch {
        id,
        reference: row.text("reference")?,
        phase: DispatchPhase::from(row.text("phase")?.as_str()),
        received_at: row.time("received_ms")?,
        delivered: u32::try_from(row.int("delivered")?).unwrap_or(u32::MAX),
        declined: u32::try_from(row.int("declined")?).unwrap_or(u32::MAX),
        unanswered_since: row.time_or_none("unanswered_ms")?,
        accepted_at: row.time_or_none("accepted_ms")?,
        overdue_since: row.time_or_none("overdue_ms")?,
        arrived_at: row.time_or_none("arrived_ms")?,
        closed_at: row.time_or_none("closed_ms")?,
    })
}
