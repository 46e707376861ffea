//! `GET /v1/visits?from=&to=`: the dispatches of a team, for its lead.

use axum::extract::State;
use axum::response::Json;
use sqlx::any::AnyRow;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_api::team::{VisitList, VisitSummary};
use terskel_model::Timestamp;
use terskel_model::dispatch::Cause;

use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::{Columns, ms};
use crate::extract::Parameters;
use crate::problem::Failure;

/// How many are given at a time.
const PAGE: i64 = 500;

/// Reads those that the station took between two times.
#[utoipa::path(
    get, path = path::VISITS, tag = "team", security(("dpop" = []), ("bearer" = [])),
    params(
        ("from" = String, Query, description = "RFC 3339"),
        ("to" = String, Query, description = "RFC 3339, not included"),
    ),
    responses(
        (status = 200, body = VisitList),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn visits(
    State(app): State<Shared>,
    lead: TeamLead,
    query: Parameters,
) -> Result<Json<VisitList>, Failure> {
    let (from, to): (Timestamp, Timestamp) = (query.required("from")?, query.required("to")?);
    let rows = sqlx::query(
        "SELECT d.id, d.resident_id, r.first_name, r.last_name, d.cause, d.received_ms, w.name AS worker_name,
         d.accepted_ms, d.unanswered_ms, d.overdue_ms, d.arrived_ms, d.closed_ms
         FROM dispatches d JOIN residents r ON r.id = d.resident_id LEFT JOIN workers w ON w.id = d.worker_id
         WHERE d.team_id = $1 AND d.received_ms >= $2 AND d.received_ms < $3
         ORDER BY d.received_ms DESC, d.id LIMIT $4",
    )
    .bind(lead.team.to_string())
    .bind(ms(from))
    .bind(ms(to))
    .bind(PAGE)
    .fetch_all(&mut *app.reader().await?)
    .await?;
    Ok(Json(VisitList { visits: rows.iter().map(visit).collect::<sqlx::Result<_>>()? }))
}

fn visit(row: &AnyRow) -> sqlx::Result<VisitSummary> {
    Ok(VisitSummary {
        dispatch: row.id("id")?,
        resident: row.id("resident_id")?,
        resident_name: format!("{} {}", row.text("first_name")?, row.text("last_name")?),
        cause: Cause::from(row.text("cause")?.as_str()),
        received_at: row.time("received_ms")?,
        worker_name: row.text_or_none("worker_name")?,
        accepted_at: row.time_or_none("accepted_ms")?,
        unanswered: row.time_or_none("unanswered_ms")?.is_some(),
        overdue: row.time_or_none("overdue_ms")?.is_some(),
        arrived_at: row.time_or_none("arrived_ms")?,
        closed_at: row.time_or_none("closed_ms")?,
    })
}
