//! `GET /v1/notices`: what response centres must know though nobody has called them.

use axum::extract::State;
use axum::response::Json;
use sqlx::any::AnyRow;
use terskel_api::break_glass::{CentreNotice, CentreNotices};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;

use crate::app::Shared;
use crate::auth::Centre;
use crate::db::Columns;
use crate::extract::Parameters;
use crate::problem::Failure;

/// Doors that were opened in an emergency, after the notice that the centre has; the oldest first, at most a hundred.
#[utoipa::path(
    get, path = path::NOTICES, tag = "break glass", security(("bearer" = [])),
    params(("after" = Option<i64>, Query, description = "The number of the last notice that the centre has")),
    responses(
        (status = 200, body = CentreNotices),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn notices(
    State(app): State<Shared>,
    Centre(_): Centre,
    query: Parameters,
) -> Result<Json<CentreNotices>, Failure> {
    let after: i64 = query.optional("after")?.unwrap_or(0);
    let rows = sqlx::query(
        "SELECT g.revision, g.at_ms, g.reason, COALESCE(r.ended_number, r.number) AS number, t.name AS team_name, w.name AS worker_name
         FROM broken_glass g JOIN residents r ON r.id = g.resident_id JOIN teams t ON t.id = g.team_id
         JOIN workers w ON w.id = g.worker_id
         WHERE g.revision > $1 ORDER BY g.revision LIMIT 100",
    )
    .bind(after)
    .fetch_all(&mut *app.reader().await?)
    .await?;
    Ok(Json(CentreNotices { notices: rows.iter().map(notice).collect::<sqlx::Result<_>>()? }))
}

fn notice(row: &AnyRow) -> sqlx::Result<CentreNotice> {
    Ok(CentreNotice {
        number: row.int("revision")?,
        at: row.time("at_ms")?,
        resident_number: row.text("number")?,
        reason: row.text("reason")?.as_str().into(),
        team_name: row.text("team_name")?,
        worker_name: row.text("worker_name")?,
    })
}
