//! `POST /v1/residents`: a resident, with the way in.

use axum::extract::State;
use sqlx::AnyConnection;
use terskel_api::admin::{Created, NewResident};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::ResidentId;
use terskel_model::permission::TimeZone;

use super::way_in::{check_doors, check_hub, store_doors, store_hub};
use super::{Made, check_team, made, taken};
use crate::app::{App, Shared};
use crate::auth::Administrator;
use crate::check::{optional, required};
use crate::db::{Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, invalid};
use crate::roster;

/// Adds a resident with doors, locks and hub.
#[utoipa::path(
    post, path = path::RESIDENTS, tag = "administration", security(("bearer" = [])), request_body = NewResident,
    responses(
        (status = 201, body = Created),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn add_resident(
    State(app): State<Shared>,
    _: Administrator,
    Json(request): Json<NewResident>,
) -> Result<Made, Failure> {
    let resident = AddResident(checked(request)?);
    Ok(made(app.write(&resident).await?.0))
}

/// A year in which somebody may have been born.
pub(super) fn check_birth_year(year: Option<u16>) -> Result<(), Failure> {
    match year {
        Some(year) if !(1850..=2200).contains(&year) => Err(invalid("birth_year", "is not a year of birth")),
        _ => Ok(()),
    }
}

fn checked(r: NewResident) -> Result<NewResident, Failure> {
    check_birth_year(r.birth_year)?;
    if r.time_zone.as_ref().is_some_and(|name| name.parse::<TimeZone>().is_err()) {
        return Err(invalid("time_zone", "is not the name of a time zone"));
    }
    Ok(NewResident {
        number: required("number", &r.number, 50)?,
        first_name: required("first_name", &r.first_name, 500)?,
        last_name: required("last_name", &r.last_name, 500)?,
        address: required("address", &r.address, 500)?,
        town: required("town", &r.town, 200)?,
        phone_number: optional("phone_number", &r.phone_number, 50)?,
        way_in: optional("way_in", &r.way_in, 2000)?,
        doors: check_doors(r.doors)?,
        hub: r.hub.map(check_hub).transpose()?,
        ..r
    })
}

struct AddResident(NewResident);

impl Write for AddResident {
    type Output = ResidentId;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<ResidentId, Failure> {
        let Self(resident) = self;
        check_team(tx, "team", resident.team).await?;
        if let Some(hub) = &resident.hub {
            store_hub(tx, hub).await?;
        }
        let id = ResidentId::new(&*app.world);
        sqlx::query(
            "INSERT INTO residents (id, number, team_id, first_name, last_name, birth_year, address, town,
             phone_number, way_in, hub_id, time_zone, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(id.to_string())
        .bind(&resident.number)
        .bind(resident.team.to_string())
        .bind(&resident.first_name)
        .bind(&resident.last_name)
        .bind(resident.birth_year.map(i64::from))
        .bind(&resident.address)
        .bind(&resident.town)
        .bind(&resident.phone_number)
        .bind(&resident.way_in)
        .bind(resident.hub.as_ref().map(|hub| hub.id.to_string()))
        .bind(resident.time_zone.clone().unwrap_or_else(|| TimeZone::OSLO.to_string()))
        .bind(ms(app.now()))
        .execute(&mut *tx)
        .await
        .map_err(|e| taken(e, "number"))?;
        store_doors(app, tx, id, &resident.doors).await?;
        roster::changed(app.now(), tx, id).await?;
        Ok(id)
    }
}
