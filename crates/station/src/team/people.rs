//! `GET /v1/team`: the people of a team and those whom its lead may let in besides.

use std::time::Duration;

use axum::extract::State;
use axum::response::Json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_api::team::{OtherOrganisation, OwnTeam, PhoneInUse, TeamWorker};
use terskel_model::{TeamId, Timestamp, WorkerId};

use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::{Columns, ms};
use crate::problem::Failure;

/// Whoever has had no shift for so long is no longer listed.
const OF_THE_TEAM: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Reads them.
#[utoipa::path(
    get, path = path::TEAM, tag = "team", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 200, body = OwnTeam),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn people(State(app): State<Shared>, lead: TeamLead) -> Result<Json<OwnTeam>, Failure> {
    let mut reader = app.reader().await?;
    let name = sqlx::query("SELECT name FROM teams WHERE id = $1")
        .bind(lead.team.to_string())
        .fetch_one(&mut *reader)
        .await?
        .text("name")?;
    Ok(Json(OwnTeam {
        team: lead.team,
        name,
        workers: workers(lead.team, app.now(), &mut reader).await?,
        organisations: organisations(&mut reader).await?,
    }))
}

/// A row for each phone that somebody is signed in on; the last one counts.
async fn workers(
    team: TeamId,
    now: Timestamp,
    reader: &mut AnyConnection,
) -> Result<Vec<TeamWorker>, Failure> {
    let rows = sqlx::query(
        "SELECT w.id, w.name, COALESCE(w.former_number, w.staff_number) AS staff_number, w.leads_team,
         (SELECT max(h.ends_ms) FROM shifts h
          WHERE h.worker_id = w.id AND h.team_id = $1 AND h.starts_ms <= $2 AND h.ends_ms > $2) AS on_shift_until_ms,
         p.id AS phone_id, p.name AS phone_name, s.started_ms
         FROM workers w
         LEFT JOIN sessions s ON s.worker_id = w.id AND s.team_id = $1 AND s.ended_ms IS NULL AND s.ends_ms > $2
         LEFT JOIN phones p ON p.id = s.phone_id AND p.withdrawn_ms IS NULL
         WHERE w.leads_team = $1
         OR EXISTS (SELECT 1 FROM shifts h WHERE h.worker_id = w.id AND h.team_id = $1 AND h.ends_ms > $3)
         ORDER BY w.name, w.id, s.started_ms DESC",
    )
    .bind(team.to_string())
    .bind(ms(now))
    .bind(ms(now - OF_THE_TEAM))
    .fetch_all(reader)
    .await?;
    let mut workers: Vec<TeamWorker> = Vec::new();
    for row in &rows {
        let id: WorkerId = row.id("id")?;
        if workers.last().is_none_or(|last| last.worker != id) {
            workers.push(worker(row, id, team)?);
        }
    }
    Ok(workers)
}

fn worker(row: &AnyRow, id: WorkerId, team: TeamId) -> sqlx::Result<TeamWorker> {
    let leads: Option<TeamId> = row.id_or_none("leads_team")?;
    Ok(TeamWorker {
        worker: id,
        name: row.text("name")?,
        staff_number: row.text("staff_number")?,
        leads: leads == Some(team),
        on_shift_until: row.time_or_none("on_shift_until_ms")?,
        phone: match row.id_or_none("phone_id")? {
            Some(phone) => {
                Some(PhoneInUse { phone, name: row.text("phone_name")?, since: row.time("started_ms")? })
            }
            None => None,
        },
    })
}

async fn organisations(reader: &mut AnyConnection) -> Result<Vec<OtherOrganisation>, Failure> {
    let rows = sqlx::query("SELECT id, name FROM organisations ORDER BY name, id").fetch_all(reader).await?;
    let other = |row: &AnyRow| Ok(OtherOrganisation { organisation: row.id("id")?, name: row.text("name")? });
    Ok(rows.iter().map(other).collect::<sqlx::Result<_>>()?)
}
