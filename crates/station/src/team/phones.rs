//! `GET /v1/phones`: the phones that a team uses, for the lead who must report one lost: that can be one that nobody is
//! signed in on.

use std::time::Duration;

use axum::extract::State;
use axum::response::Json;
use sqlx::any::AnyRow;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_api::team::{TeamPhone, TeamPhones};
use terskel_model::Timestamp;

use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::{Columns, ms};
use crate::problem::Failure;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A phone that nobody of the team has used for so long is no longer the team's.
const OF_THE_TEAM: Duration = DAY.saturating_mul(90);
/// So long the lead sees that a phone is barred.
const LOST: Duration = DAY.saturating_mul(30);

/// Reads them: a row for each session, the phone's last one first.
#[utoipa::path(
    get, path = path::PHONES, tag = "team", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 200, body = TeamPhones),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn phones(State(app): State<Shared>, lead: TeamLead) -> Result<Json<TeamPhones>, Failure> {
    let now = app.now();
    let rows = sqlx::query(
        "SELECT p.id, p.name, p.withdrawn_ms, s.worker_id, w.name AS worker_name, s.started_ms, s.ends_ms, s.ended_ms
         FROM sessions s JOIN phones p ON p.id = s.phone_id JOIN workers w ON w.id = s.worker_id
         WHERE s.team_id = $1 AND s.ends_ms > $2 AND (p.withdrawn_ms IS NULL OR p.withdrawn_ms > $3)
         ORDER BY p.name, p.id, s.started_ms DESC, CASE WHEN s.ended_ms IS NULL THEN 0 ELSE 1 END",
    )
    .bind(lead.team.to_string())
    .bind(ms(now - OF_THE_TEAM))
    .bind(ms(now - LOST))
    .fetch_all(&mut *app.reader().await?)
    .await?;
    let mut phones: Vec<TeamPhone> = Vec::new();
    for row in &rows {
        let next = phone(row, now)?;
        if phones.last().is_none_or(|last| last.phone != next.phone) {
            phones.push(next);
        }
    }
    Ok(Json(TeamPhones { phones }))
}

fn phone(row: &AnyRow, now: Timestamp) -> sqlx::Result<TeamPhone> {
    let ends_at = row.time("ends_ms")?;
    Ok(TeamPhone {
        phone: row.id("id")?,
        name: row.text("name")?,
        worker: row.id("worker_id")?,
        worker_name: row.text("worker_name")?,
        signed_in_at: row.time("started_ms")?,
        signed_out_at: row.time_or_none("ended_ms")?.or((ends_at <= now).then_some(ends_at)),
        lost_at: row.time_or_none("withdrawn_ms")?,
    })
}
