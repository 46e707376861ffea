//! `GET /v1/permissions`: what a team's leads have given and not taken away.

use axum::extract::State;
use axum::response::Json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::path;
use terskel_api::permission::{GivenPermission, PermissionList};
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::PermissionId;

use super::load::{permission, select_permissions};
use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::{Columns, ms};
use crate::problem::{Failure, problem};

/// The permissions of the own team that are not over, the newest first.
#[utoipa::path(
    get, path = path::PERMISSIONS, tag = "permissions", security(("dpop" = []), ("bearer" = [])),
    responses(
        (status = 200, body = PermissionList),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(State(app): State<Shared>, lead: TeamLead) -> Result<Json<PermissionList>, Failure> {
    let rows = sqlx::query(select_permissions!(
        "WHERE p.team_id = $1 AND p.taken_ms IS NULL AND (p.until_ms IS NULL OR p.until_ms > $2)
         ORDER BY p.given_ms DESC, p.id"
    ))
    .bind(lead.team.to_string())
    .bind(ms(app.now()))
    .fetch_all(&mut *app.reader().await?)
    .await?;
    let permissions = rows.iter().map(given).collect::<Result<_, _>>()?;
    Ok(Json(PermissionList { permissions }))
}

/// One permission of the own team, whether it stands or not.
pub(super) async fn one(
    id: PermissionId,
    lead: &TeamLead,
    reader: &mut AnyConnection,
) -> Result<GivenPermission, Failure> {
    let row = sqlx::query(select_permissions!("WHERE p.id = $1 AND p.team_id = $2"))
        .bind(id.to_string())
        .bind(lead.team.to_string())
        .fetch_optional(reader)
        .await?
        .ok_or_else(|| problem(code::NOT_FOUND))?;
    given(&row)
}

/// A row as its lead sees it.
pub(super) fn given(row: &AnyRow) -> Result<GivenPermission, Failure> {
    let permission = permission(row)?;
    Ok(GivenPermission {
        id: row.id("id")?,
        who: permission.who,
        who_name: row.text("who_name")?,
        what: permission.what,
        what_name: row.text("what_name")?,
        when: permission.when,
        condition: permission.condition,
        operations: permission.operations,
        note: row.text("note")?,
        given_at: row.time("given_ms")?,
        given_by: row.text("giver")?,
        taken_away_at: row.time_or_none("taken_ms")?,
        taken_away_by: row.text_or_none("taker")?,
    })
}
