//! `POST /v1/residents/{id}/end`: a resident does not have the service any more. `DELETE`: that was a mistake, or they are
//! back. How long what is known of them stays is `retention`'s to say.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::withdrawal::Withdrawals;
use terskel_model::ResidentId;
use terskel_model::event::EventKind;

use super::order::keys_of_home;
use super::view;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::Administrator;
use crate::db::{Columns, Write, ms};
use crate::extract::PathId;
use crate::permission::{Over, end_those, take_turn};
use crate::problem::{Failure, conflict, problem, refuse};
use crate::roster;

/// Ends the service: nobody is dispatched there any more, permissions for the home and for doors that are its alone are taken
/// away, and the phones that have keys by them are told to wipe them. Whoever is on a dispatch there keeps its keys until
/// it is over: they may be inside. The number is free for somebody else. Saying it again changes nothing.
#[utoipa::path(
    post, path = path::SERVICE_END, tag = "withdrawals", security(("bearer" = [])),
    params(("id" = ResidentId, Path, description = "The resident")),
    responses(
        (status = 200, body = Withdrawals),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn end_service(
    State(app): State<Shared>,
    _: Administrator,
    PathId(resident): PathId<ResidentId>,
) -> Result<Answer<Withdrawals>, Failure> {
    app.write(&End(resident)).await.map(Answer)
}

/// Gives the service back, as long as the resident's name is there. What was permitted is given anew; where locks and codes
/// were erased, they are installed anew.
#[utoipa::path(
    delete, path = path::SERVICE_END, tag = "withdrawals", security(("bearer" = [])),
    params(("id" = ResidentId, Path, description = "The resident")),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn resume_service(
    State(app): State<Shared>,
    _: Administrator,
    PathId(resident): PathId<ResidentId>,
) -> Result<StatusCode, Failure> {
    app.write(&Resume(resident)).await?;
    Ok(StatusCode::NO_CONTENT)
}

struct End(ResidentId);

impl Write for End {
    type Output = Withdrawals;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Withdrawals, Failure> {
        take_turn(tx).await?;
        let row = sqlx::query("SELECT team_id, ended_ms FROM residents WHERE id = $1")
            .bind(self.0.to_string())
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| problem(code::NOT_FOUND))?;
        if row.time_or_none("ended_ms")?.is_some() {
            return Ok(Withdrawals { phones: Vec::new() });
        }
        sqlx::query("UPDATE residents SET ended_ms = $1, ended_number = number, number = id WHERE id = $2")
            .bind(ms(app.now()))
            .bind(self.0.to_string())
            .execute(&mut *tx)
            .await?;
        tell(EventKind::ServiceEnded, self.0, app, tx).await?;
        end_those(Over::Home(self.0), app, tx).await?;
        let orders = keys_of_home(self.0, row.id("team_id")?, app, tx).await?;
        roster::changed(app.now(), tx, self.0).await?;
        Ok(Withdrawals { phones: view(&orders, tx).await? })
    }
}

struct Resume(ResidentId);

impl Write for Resume {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let row = sqlx::query("SELECT ended_ms, ended_number, erased_ms FROM residents WHERE id = $1")
            .bind(self.0.to_string())
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| problem(code::NOT_FOUND))?;
        if row.time_or_none("erased_ms")?.is_some() {
            return refuse(code::NOT_FOUND);
        }
        if row.time_or_none("ended_ms")?.is_none() {
            return Ok(());
        }
        let back =
            "UPDATE residents SET ended_ms = NULL, number = ended_number, ended_number = NULL WHERE id = $1";
        sqlx::query(back).bind(self.0.to_string()).execute(&mut *tx).await.map_err(|error| {
            match error.as_database_error() {
                Some(e) if e.is_unique_violation() => conflict("number", "is somebody else's by now"),
                _ => error.into(),
            }
        })?;
        tell(EventKind::ServiceResumed, self.0, app, tx).await?;
        roster::changed(app.now(), tx, self.0).await
    }
}

async fn tell(kind: EventKind, whose: ResidentId, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
    let entry = Entry { reason: Some(whose.to_string()), ..Entry::of_station(app, kind) };
    entry.store(app, tx).await
}
