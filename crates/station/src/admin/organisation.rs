//! `POST /v1/organisations`.

use axum::extract::State;
use sqlx::AnyConnection;
use terskel_api::admin::{Created, NewOrganisation};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::OrganisationId;

use super::{Made, made, taken};
use crate::app::{App, Shared};
use crate::auth::Administrator;
use crate::check;
use crate::db::{Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, invalid};

/// Adds another organisation whose people are let in.
#[utoipa::path(
    post, path = path::ORGANISATIONS, tag = "administration", security(("bearer" = [])),
    request_body = NewOrganisation,
    responses(
        (status = 201, body = Created),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn add_organisation(
    State(app): State<Shared>,
    _: Administrator,
    Json(request): Json<NewOrganisation>,
) -> Result<Made, Failure> {
    let organisation = AddOrganisation { name: check::required("name", &request.name, 200)? };
    Ok(made(app.write(&organisation).await?.0))
}

struct AddOrganisation {
    name: String,
}

impl Write for AddOrganisation {
    type Output = OrganisationId;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<OrganisationId, Failure> {
        let id = OrganisationId::new(&*app.world);
        sqlx::query("INSERT INTO organisations (id, name, created_ms) VALUES ($1, $2, $3)")
            .bind(id.to_string())
            .bind(&self.name)
            .bind(ms(app.now()))
            .execute(tx)
            .await
            .map_err(|e| taken(e, "name"))?;
        Ok(id)
    }
}

/// Refuses an organisation that is not there.
pub(super) async fn check_organisation(
    tx: &mut AnyConnection,
    organisation: OrganisationId,
) -> Result<(), Failure> {
    let row = sqlx::query("SELECT id FROM organisations WHERE id = $1")
        .bind(organisation.to_string())
        .fetch_optional(tx)
        .await?;
    if row.is_some() { Ok(()) } else { Err(invalid("organisation", "there is no such organisation")) }
}
