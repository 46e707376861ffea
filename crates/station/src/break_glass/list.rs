//! `GET /v1/break-glass`: what happened at homes of the own team, and waits for a review.

use axum::extract::State;
use axum::response::Json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::break_glass::{GlassList, GlassReport};
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::{BreakGlassId, TeamId};

use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::Columns;
use crate::problem::{Failure, problem};

macro_rules! select_glass {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.resident_id, r.first_name || ' ' || r.last_name AS resident_name, g.worker_id,
             w.name AS worker_name, g.phone_id, g.reason, g.told, g.at_ms, g.reviewed_ms, judge.name AS reviewer, g.review
             FROM broken_glass g JOIN residents r ON r.id = g.resident_id JOIN workers w ON w.id = g.worker_id
             LEFT JOIN workers judge ON judge.id = g.reviewed_by ",
            $rest
        )
    };
}

/// Those that wait for a review first, then the last hundred.
#[utoipa::path(
    get, path = path::BREAK_GLASS, tag = "break glass", security(("bearer" = [])),
    responses(
        (status = 200, body = GlassList),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(State(app): State<Shared>, lead: TeamLead) -> Result<Json<GlassList>, Failure> {
    let rows = sqlx::query(select_glass!(
        "WHERE g.team_id = $1 ORDER BY CASE WHEN g.reviewed_ms IS NULL THEN 0 ELSE 1 END, g.revision DESC LIMIT 100"
    ))
    .bind(lead.team.to_string())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    Ok(Json(GlassList { reports: rows.iter().map(report).collect::<sqlx::Result<_>>()? }))
}

/// One of the team's own.
pub(crate) async fn one_for(
    team: TeamId,
    id: BreakGlassId,
    reader: &mut AnyConnection,
) -> Result<GlassReport, Failure> {
    let row = sqlx::query(select_glass!("WHERE g.id = $1 AND g.team_id = $2"))
        .bind(id.to_string())
        .bind(team.to_string())
        .fetch_optional(reader)
        .await?
        .ok_or_else(|| problem(code::NOT_FOUND))?;
    Ok(report(&row)?)
}

fn report(row: &AnyRow) -> sqlx::Result<GlassReport> {
    Ok(GlassReport {
        id: row.id("id")?,
        resident: row.id("resident_id")?,
        resident_name: row.text("resident_name")?,
        worker: row.id("worker_id")?,
        worker_name: row.text("worker_name")?,
        phone: row.id("phone_id")?,
        reason: row.text("reason")?.as_str().into(),
        text: row.text("told")?,
        at: row.time("at_ms")?,
        reviewed_at: row.time_or_none("reviewed_ms")?,
        reviewed_by: row.text_or_none("reviewer")?,
        review: row.text_or_none("review")?,
    })
}
