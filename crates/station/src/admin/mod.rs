//! What an administrator's tool sets up.

pub(crate) mod enrolment;
pub(crate) mod organisation;
pub(crate) mod policy;
pub(crate) mod resident;
pub(crate) mod resident_change;
pub(crate) mod shift;
pub(crate) mod team;
pub(crate) mod way_in;
pub(crate) mod worker;
pub(crate) mod worker_change;
pub(crate) mod worker_pin;

use axum::http::StatusCode;
use axum::response::Json;
use sqlx::AnyConnection;
use terskel_api::admin::Created;
use terskel_model::TeamId;
use uuid::Uuid;

use crate::problem::{Failure, conflict, invalid};

/// The answer to whatever was made.
pub(crate) type Made = (StatusCode, Json<Created>);

fn made(id: Uuid) -> Made {
    (StatusCode::CREATED, Json(Created { id }))
}

/// Turns a broken UNIQUE into a conflict at `field`.
fn taken(error: sqlx::Error, field: &str) -> Failure {
    match error.as_database_error() {
        Some(e) if e.is_unique_violation() => conflict(field, "is taken"),
        _ => error.into(),
    }
}

/// Refuses a team that is not there.
async fn check_team(tx: &mut AnyConnection, field: &str, team: TeamId) -> Result<(), Failure> {
    let row =
        sqlx::query("SELECT id FROM teams WHERE id = $1").bind(team.to_string()).fetch_optional(tx).await?;
    if row.is_some() { Ok(()) } else { Err(invalid(field, "there is no such team")) }
}
