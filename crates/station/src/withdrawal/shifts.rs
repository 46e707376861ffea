//! `GET /v1/shifts`: who of the own team is on a shift, or will be, and on which phones.

use axum::extract::State;
use axum::response::Json;
use sqlx::any::AnyRow;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_api::withdrawal::{SignedInPhone, TeamShift, TeamShifts};

use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::{Columns, ms};
use crate::problem::Failure;

/// The shifts of the own team that are not over.
#[utoipa::path(
    get, path = path::SHIFTS, tag = "withdrawals", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 200, body = TeamShifts),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn shifts(State(app): State<Shared>, lead: TeamLead) -> Result<Json<TeamShifts>, Failure> {
    let rows = sqlx::query(
        "SELECT h.id, h.worker_id, w.name AS worker_name, h.role, h.starts_ms, h.ends_ms, s.phone_id,
         p.name AS phone_name
         FROM shifts h JOIN workers w ON w.id = h.worker_id
         LEFT JOIN sessions s ON s.shift_id = h.id AND s.ended_ms IS NULL AND s.ends_ms > $2
         LEFT JOIN phones p ON p.id = s.phone_id
         WHERE h.team_id = $1 AND h.ends_ms > $2 ORDER BY h.starts_ms, h.id, s.phone_id",
    )
    .bind(lead.team.to_string())
    .bind(ms(app.now()))
    .fetch_all(&mut *app.reader().await?)
    .await?;
    let mut shifts: Vec<TeamShift> = Vec::new();
    for row in &rows {
        let next = shift(row)?;
        match shifts.last_mut().filter(|last| last.id == next.id) {
            Some(same) => same.phones.extend(next.phones),
            None => shifts.push(next),
        }
    }
    Ok(Json(TeamShifts { shifts }))
}

fn shift(row: &AnyRow) -> sqlx::Result<TeamShift> {
    let phone = row.id_or_none("phone_id")?.zip(row.text_or_none("phone_name")?);
    Ok(TeamShift {
        id: row.id("id")?,
        worker: row.id("worker_id")?,
        worker_name: row.text("worker_name")?,
        role: row.text("role")?.as_str().into(),
        starts_at: row.time("starts_ms")?,
        ends_at: row.time("ends_ms")?,
        phones: phone.map(|(id, name)| SignedInPhone { id, name }).into_iter().collect(),
    })
}
