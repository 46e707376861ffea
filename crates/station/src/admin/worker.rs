//! `POST /v1/workers`.

use axum::extract::State;
use sqlx::AnyConnection;
use terskel_api::admin::{Created, NewWorker};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::{OrganisationId, TeamId, WorkerId};

use super::organisation::check_organisation;
use super::{Made, check_team, made, taken};
use crate::app::{App, Shared};
use crate::auth::{Administrator, hash_pin};
use crate::check;
use crate::db::{Write, ms};
use crate::extract::Json;
use crate::problem::Failure;

/// Adds a worker.
#[utoipa::path(
    post, path = path::WORKERS, tag = "administration", security(("bearer" = [])), request_body = NewWorker,
    responses(
        (status = 201, body = Created),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn add_worker(
    State(app): State<Shared>,
    _: Administrator,
    Json(request): Json<NewWorker>,
) -> Result<Made, Failure> {
    check::pin("pin", request.pin.expose())?;
    let worker = AddWorker {
        staff_number: check::required("staff_number", &request.staff_number, 50)?,
        name: check::required("name", &request.name, 500)?,
        leads: request.leads,
        organisation: request.organisation,
        pin_hash: hash_pin(&app, request.pin).await?,
    };
    Ok(made(app.write(&worker).await?.0))
}

struct AddWorker {
    staff_number: String,
    name: String,
    leads: Option<TeamId>,
    organisation: Option<OrganisationId>,
    pin_hash: String,
}

impl Write for AddWorker {
    type Output = WorkerId;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<WorkerId, Failure> {
        if let Some(team) = self.leads {
            check_team(tx, "leads", team).await?;
        }
        if let Some(organisation) = self.organisation {
            check_organisation(tx, organisation).await?;
        }
        let id = WorkerId::new(&*app.world);
        sqlx::query(
            "INSERT INTO workers (id, staff_number, name, pin_hash, leads_team, organisation_id, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.to_string())
        .bind(&self.staff_number)
        .bind(&self.name)
        .bind(&self.pin_hash)
        .bind(self.leads.map(|team| team.to_string()))
        .bind(self.organisation.map(|organisation| organisation.to_string()))
        .bind(ms(app.now()))
        .execute(tx)
        .await
        .map_err(|e| taken(e, "staff_number"))?;
        Ok(id)
    }
}
