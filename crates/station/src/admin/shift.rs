//! `POST /v1/shifts`.

use axum::extract::State;
use sqlx::AnyConnection;
use terskel_api::admin::{Created, NewShift};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::ShiftId;
use terskel_model::permission::WorkerRole;
use terskel_model::rules::LONGEST_SHIFT;

use super::{Made, check_team, made};
use crate::app::{App, Shared};
use crate::auth::Administrator;
use crate::check;
use crate::db::{Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, invalid};

/// Adds a time on duty.
#[utoipa::path(
    post, path = path::SHIFTS, tag = "administration", security(("bearer" = [])), request_body = NewShift,
    responses(
        (status = 201, body = Created),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn add_shift(
    State(app): State<Shared>,
    _: Administrator,
    Json(request): Json<NewShift>,
) -> Result<Made, Failure> {
    let length = (request.ends_at - request.starts_at).to_std().unwrap_or_default();
    if length.is_zero() || length > LONGEST_SHIFT {
        return Err(invalid("ends_at", "must be after starts_at, and at most 24 hours after"));
    }
    let role = request.role.as_ref().unwrap_or(&WorkerRole::Carer);
    let role = WorkerRole::from(check::required("role", role.as_str(), 50)?.as_str());
    Ok(made(app.write(&AddShift { shift: request, role }).await?.0))
}

struct AddShift {
    shift: NewShift,
    role: WorkerRole,
}

impl Write for AddShift {
    type Output = ShiftId;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<ShiftId, Failure> {
        let Self { shift, role } = self;
        check_team(tx, "team", shift.team).await?;
        let worker = sqlx::query("SELECT id FROM workers WHERE id = $1")
            .bind(shift.worker.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        if worker.is_none() {
            return Err(invalid("worker", "there is no such worker"));
        }
        let id = ShiftId::new(&*app.world);
        sqlx::query(
            "INSERT INTO shifts (id, worker_id, team_id, role, starts_ms, ends_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.to_string())
        .bind(shift.worker.to_string())
        .bind(shift.team.to_string())
        .bind(role.as_str())
        .bind(ms(shift.starts_at))
        .bind(ms(shift.ends_at))
        .execute(tx)
        .await?;
        Ok(id)
    }
}
