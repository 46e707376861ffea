//! `GET /v1/audit?dispatch=`: for the lead of the dispatch's team, and nobody else.

use axum::extract::State;
use axum::response::Json;
use sqlx::any::AnyRow;
use terskel_api::audit::{AuditEntry, AuditTrail};
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::DispatchId;
use terskel_model::event::{EventKind, Proof};

use crate::app::Shared;
use crate::auth::TeamLead;
use crate::db::Columns;
use crate::extract::Parameters;
use crate::problem::{Failure, refuse};

/// Reads the trail of one dispatch.
#[utoipa::path(
    get, path = path::AUDIT, tag = "audit", security(("dpop" = []), ("bearer" = [])),
    params(("dispatch" = DispatchId, Query, description = "The dispatch")),
    responses(
        (status = 200, body = AuditTrail),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn read(
    State(app): State<Shared>,
    reader: TeamLead,
    query: Parameters,
) -> Result<Json<AuditTrail>, Failure> {
    let dispatch: DispatchId = query.required("dispatch")?;
    let mut connection = app.reader().await?;
    let own = sqlx::query("SELECT id FROM dispatches WHERE id = $1 AND team_id = $2")
        .bind(dispatch.to_string())
        .bind(reader.team.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    if own.is_none() {
        return refuse(code::NOT_FOUND);
    }
    let rows = sqlx::query(
        "SELECT a.id, a.at_ms, a.stored_ms, a.kind, a.dispatch_id, a.worker_id, w.name AS worker_name, a.phone_id,
         a.door_id, d.name AS door_name, a.operation, a.outcome, a.reason, a.key_id, a.permission_id, a.proof, a.clock
         FROM audit a LEFT JOIN workers w ON w.id = a.worker_id LEFT JOIN doors d ON d.id = a.door_id
         WHERE a.dispatch_id = $1 ORDER BY a.at_ms, a.position",
    )
    .bind(dispatch.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let entries = rows.iter().map(entry).collect::<sqlx::Result<_>>()?;
    Ok(Json(AuditTrail { entries }))
}

fn entry(row: &AnyRow) -> sqlx::Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.id("id")?,
        at: row.time("at_ms")?,
        clock: row.text_or_none("clock")?.as_deref().map(Into::into),
        stored_at: row.time("stored_ms")?,
        kind: EventKind::from(row.text("kind")?.as_str()),
        dispatch: row.id_or_none("dispatch_id")?,
        worker: row.id_or_none("worker_id")?,
        worker_name: row.text_or_none("worker_name")?,
        phone: row.id_or_none("phone_id")?,
        door: row.id_or_none("door_id")?,
        door_name: row.text_or_none("door_name")?,
        operation: row.text_or_none("operation")?.as_deref().map(Into::into),
        outcome: row.text_or_none("outcome")?.as_deref().map(Into::into),
        reason: row.text_or_none("reason")?,
        key: row.id_or_none("key_id")?,
        permission: row.id_or_none("permission_id")?,
        proof: Proof::from(row.text("proof")?.as_str()),
    })
}
