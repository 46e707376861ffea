//! `GET /v1/residents`: the homes of a team that have the service, for its lead.

use axum::extract::State;
use axum::response::Json;
use sqlx::any::AnyRow;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_api::team::{HomeDoor, HomeList, HomeSummary};
use terskel_model::ResidentId;
use terskel_model::door::DoorKind;

use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::Columns;
use crate::problem::Failure;

/// Reads them.
#[utoipa::path(
    get, path = path::RESIDENTS, tag = "team", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 200, body = HomeList),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn homes(State(app): State<Shared>, lead: TeamLead) -> Result<Json<HomeList>, Failure> {
    let rows = sqlx::query(
        "SELECT r.id, r.first_name, r.last_name, r.address, r.town, r.hub_id, d.id AS door_id, d.name AS door_name,
         d.kind, d.lock_id
         FROM residents r LEFT JOIN resident_doors rd ON rd.resident_id = r.id LEFT JOIN doors d ON d.id = rd.door_id
         WHERE r.team_id = $1 AND r.ended_ms IS NULL ORDER BY r.address, r.last_name, r.id, rd.position",
    )
    .bind(lead.team.to_string())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    let mut homes: Vec<HomeSummary> = Vec::new();
    for row in &rows {
        let resident: ResidentId = row.id("id")?;
        if homes.last().is_none_or(|home| home.resident != resident) {
            homes.push(home(row, resident)?);
        }
        if let (Some(home), Some(door)) = (homes.last_mut(), door(row)?) {
            home.doors.push(door);
        }
    }
    Ok(Json(HomeList { homes }))
}

fn home(row: &AnyRow, resident: ResidentId) -> sqlx::Result<HomeSummary> {
    Ok(HomeSummary {
        resident,
        name: format!("{} {}", row.text("first_name")?, row.text("last_name")?),
        address: row.text("address")?,
        town: row.text("town")?,
        doors: Vec::new(),
        has_hub: row.text_or_none("hub_id")?.is_some(),
    })
}

fn door(row: &AnyRow) -> sqlx::Result<Option<HomeDoor>> {
    let Some(door) = row.id_or_none("door_id")? else { return Ok(None) };
    Ok(Some(HomeDoor {
        door,
        name: row.text("door_name")?,
        kind: DoorKind::from(row.text("kind")?.as_str()),
        lock: row.id_or_none("lock_id")?,
    }))
}
