//! `GET /v1/residents/{id}/presence?from=&to=`: who was inside a home, for the lead of the team that goes there.

use std::time::Duration;

use axum::extract::State;
use axum::response::Json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::team::Presence;
use terskel_model::event::EventKind;
use terskel_model::{DoorId, ResidentId, TeamId, Timestamp};

use super::stay::{Step, What, stays};
use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::{Columns, ms};
use crate::extract::{Parameters, PathId};
use crate::problem::{Failure, invalid, refuse};

/// No stay begins longer before the time that is asked for.
const LONGEST_STAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads every trace of somebody inside between two times.
#[utoipa::path(
    get, path = path::PRESENCE, tag = "team", security(("dpop" = []), ("bearer" = [])),
    params(
        ("id" = ResidentId, Path, description = "The resident"),
        ("from" = String, Query, description = "RFC 3339"),
        ("to" = String, Query, description = "RFC 3339, after `from`"),
    ),
    responses(
        (status = 200, body = Presence),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn presence(
    State(app): State<Shared>,
    lead: TeamLead,
    PathId(resident): PathId<ResidentId>,
    query: Parameters,
) -> Result<Json<Presence>, Failure> {
    let (from, to): (Timestamp, Timestamp) = (query.required("from")?, query.required("to")?);
    if to <= from {
        return Err(invalid("to", "must be after from"));
    }
    let mut reader = app.reader().await?;
    let home_door = home_door(resident, lead.team, &mut reader).await?;
    let steps = steps(resident, home_door, (from - LONGEST_STAY, to + LONGEST_STAY), &mut reader).await?;
    let mut stays = stays(steps);
    stays.retain(|stay| {
        let begins = stay.begins_at().or(stay.ends_at());
        begins.is_some_and(|begins| begins <= to) && stay.ends_at().is_none_or(|ends| ends >= from)
    });
    stays.sort_by_key(|stay| stay.begins_at().or(stay.ends_at()));
    Ok(Json(Presence { resident, stays }))
}

/// The last door on the way in: whoever opens it is in the home, and not only in the house.
async fn home_door(
    resident: ResidentId,
    team: TeamId,
    reader: &mut AnyConnection,
) -> Result<Option<DoorId>, Failure> {
    let rows = sqlx::query(
        "SELECT rd.door_id FROM residents r LEFT JOIN resident_doors rd ON rd.resident_id = r.id
         WHERE r.id = $1 AND r.team_id = $2 ORDER BY rd.position DESC LIMIT 1",
    )
    .bind(resident.to_string())
    .bind(team.to_string())
    .fetch_all(reader)
    .await?;
    match rows.first() {
        Some(row) => Ok(row.id_or_none("door_id")?),
        None => refuse(code::NOT_FOUND),
    }
}

/// In the order in which they happened.
async fn steps(
    resident: ResidentId,
    home_door: Option<DoorId>,
    (from, to): (Timestamp, Timestamp),
    reader: &mut AnyConnection,
) -> Result<Vec<Step>, Failure> {
    let rows = sqlx::query(
        "SELECT a.kind, a.outcome, a.at_ms, a.worker_id, w.name AS worker_name, a.dispatch_id
         FROM audit a JOIN workers w ON w.id = a.worker_id LEFT JOIN dispatches d ON d.id = a.dispatch_id
         LEFT JOIN own_visits v ON v.id = a.visit_id
         WHERE a.at_ms BETWEEN $1 AND $2 AND (
           (a.kind IN ('checked_in', 'checked_out') AND COALESCE(d.resident_id, v.resident_id) = $3)
           OR (a.kind = 'door_operated' AND a.outcome IN ('opened', 'locked') AND a.door_id = $4))
         ORDER BY a.at_ms, a.position",
    )
    .bind(ms(from))
    .bind(ms(to))
    .bind(resident.to_string())
    .bind(home_door.map(|door| door.to_string()).unwrap_or_default())
    .fetch_all(reader)
    .await?;
    Ok(rows.iter().map(step).collect::<sqlx::Result<_>>()?)
}

fn step(row: &AnyRow) -> sqlx::Result<Step> {
    let what = match EventKind::from(row.text("kind")?.as_str()) {
        EventKind::CheckedIn => What::CheckedIn,
        EventKind::CheckedOut => What::CheckedOut,
        _ if row.text_or_none("outcome")?.as_deref() == Some("locked") => What::Locked,
        _ => What::Opened,
    };
    Ok(Step {
        what,
        at: row.time("at_ms")?,
        worker: row.id("worker_id")?,
        worker_name: row.text("worker_name")?,
        dispatch: row.id_or_none("dispatch_id")?,
    })
}
