//! `POST /v1/teams`.

use axum::extract::State;
use sqlx::AnyConnection;
use terskel_api::admin::{Created, NewTeam};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::TeamId;

use super::{Made, made, taken};
use crate::app::{App, Shared};
use crate::auth::Administrator;
use crate::check;
use crate::db::{Write, ms};
use crate::extract::Json;
use crate::problem::Failure;

/// Adds a team.
#[utoipa::path(
    post, path = path::TEAMS, tag = "administration", security(("bearer" = [])), request_body = NewTeam,
    responses(
        (status = 201, body = Created),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn add_team(
    State(app): State<Shared>,
    _: Administrator,
    Json(request): Json<NewTeam>,
) -> Result<Made, Failure> {
    let team = AddTeam {
        code: check::required("code", &request.code, 50)?,
        name: check::required("name", &request.name, 200)?,
    };
    Ok(made(app.write(&team).await?.0))
}

struct AddTeam {
    code: String,
    name: String,
}

impl Write for AddTeam {
    type Output = TeamId;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<TeamId, Failure> {
        let id = TeamId::new(&*app.world);
        sqlx::query("INSERT INTO teams (id, code, name, created_ms) VALUES ($1, $2, $3, $4)")
            .bind(id.to_string())
            .bind(&self.code)
            .bind(&self.name)
            .bind(ms(app.now()))
            .execute(tx)
            .await
            .map_err(|e| taken(e, "code"))?;
        Ok(id)
    }
}
