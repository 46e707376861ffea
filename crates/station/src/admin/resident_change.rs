//! `PUT /v1/residents/{id}`: name, address, telephone or way in were wrong, or have changed.

use axum::extract::State;
use axum::http::StatusCode;
use sqlx::AnyConnection;
use terskel_api::admin::ResidentChange;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::event::EventKind;
use terskel_model::{DispatchId, ResidentId};

use super::resident::check_birth_year;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::Administrator;
use crate::check::{optional, required};
use crate::db::{Columns, Write};
use crate::dispatch::changed;
use crate::extract::{Json, PathId};
use crate::problem::{Failure, refuse};
use crate::roster;

/// Corrects what is known of a resident who has the service. Phones that have a dispatch to this home get it again.
#[utoipa::path(
    put, path = path::RESIDENT, tag = "administration", security(("bearer" = [])), request_body = ResidentChange,
    params(("id" = ResidentId, Path, description = "The resident")),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn change_resident(
    State(app): State<Shared>,
    _: Administrator,
    PathId(resident): PathId<ResidentId>,
    Json(request): Json<ResidentChange>,
) -> Result<StatusCode, Failure> {
    app.write(&Change { resident, to: checked(&request)? }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn checked(r: &ResidentChange) -> Result<ResidentChange, Failure> {
    check_birth_year(r.birth_year)?;
    Ok(ResidentChange {
        first_name: required("first_name", &r.first_name, 500)?,
        last_name: required("last_name", &r.last_name, 500)?,
        birth_year: r.birth_year,
        address: required("address", &r.address, 500)?,
        town: required("town", &r.town, 200)?,
        phone_number: optional("phone_number", &r.phone_number, 50)?,
        way_in: optional("way_in", &r.way_in, 2000)?,
    })
}

struct Change {
    resident: ResidentId,
    to: ResidentChange,
}

impl Write for Change {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let Self { resident, to } = self;
        let done = sqlx::query(
            "UPDATE residents SET first_name = $1, last_name = $2, birth_year = $3, address = $4, town = $5,
             phone_number = $6, way_in = $7 WHERE id = $8 AND ended_ms IS NULL",
        )
        .bind(&to.first_name)
        .bind(&to.last_name)
        .bind(to.birth_year.map(i64::from))
        .bind(&to.address)
        .bind(&to.town)
        .bind(&to.phone_number)
        .bind(&to.way_in)
        .bind(resident.to_string())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return refuse(code::NOT_FOUND);
        }
        let entry = Entry {
            reason: Some(resident.to_string()),
            ..Entry::of_station(app, EventKind::ResidentChanged)
        };
        entry.store(app, tx).await?;
        self.tell(tx).await?;
        roster::changed(app.now(), tx, *resident).await
    }
}

impl Change {
    async fn tell(&self, tx: &mut AnyConnection) -> Result<(), Failure> {
        let going_on = sqlx::query("SELECT id FROM dispatches WHERE resident_id = $1 AND phase <> 'closed'")
            .bind(self.resident.to_string())
            .fetch_all(&mut *tx)
            .await?;
        for row in going_on {
            changed(tx, row.id::<DispatchId>("id")?).await?;
        }
        Ok(())
    }
}
