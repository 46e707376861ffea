//! `PUT /v1/workers/{id}`: a worker's name or staff number was wrong, or has changed; or whom they lead or belong to.

use axum::extract::State;
use axum::http::StatusCode;
use sqlx::AnyConnection;
use terskel_api::admin::WorkerChange;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::WorkerId;
use terskel_model::event::EventKind;

use super::organisation::check_organisation;
use super::{check_team, taken};
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::Administrator;
use crate::check::required;
use crate::db::Write;
use crate::extract::{Json, PathId};
use crate::permission::take_turn;
use crate::problem::{Failure, refuse};

/// Corrects what is known of a worker who works here. The trail names the worker by id: it stays whose it was. Who leads a team
/// no longer reads and decides nothing from then on; shifts, sessions and permissions stay as they are.
#[utoipa::path(
    put, path = path::WORKER, tag = "administration", security(("bearer" = [])), request_body = WorkerChange,
    params(("id" = WorkerId, Path, description = "The worker")),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn change_worker(
    State(app): State<Shared>,
    _: Administrator,
    PathId(worker): PathId<WorkerId>,
    Json(request): Json<WorkerChange>,
) -> Result<StatusCode, Failure> {
    let to = WorkerChange {
        staff_number: required("staff_number", &request.staff_number, 50)?,
        name: required("name", &request.name, 500)?,
        ..request
    };
    app.write(&Change { worker, to }).await?;
    Ok(StatusCode::NO_CONTENT)
}

struct Change {
    worker: WorkerId,
    to: WorkerChange,
}

impl Write for Change {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        take_turn(tx).await?;
        let Self { worker, to } = self;
        if let Some(team) = to.leads {
            check_team(tx, "leads", team).await?;
        }
        if let Some(organisation) = to.organisation {
            check_organisation(tx, organisation).await?;
        }
        let done = sqlx::query(
            "UPDATE workers SET staff_number = $1, name = $2, leads_team = $3, organisation_id = $4
             WHERE id = $5 AND dismissed_ms IS NULL",
        )
        .bind(&to.staff_number)
        .bind(&to.name)
        .bind(to.leads.map(|team| team.to_string()))
        .bind(to.organisation.map(|organisation| organisation.to_string()))
        .bind(worker.to_string())
        .execute(&mut *tx)
        .await
        .map_err(|e| taken(e, "staff_number"))?;
        if done.rows_affected() == 0 {
            return refuse(code::NOT_FOUND);
        }
        let entry = Entry { worker: Some(*worker), ..Entry::of_station(app, EventKind::WorkerChanged) };
        entry.store(app, tx).await
    }
}
