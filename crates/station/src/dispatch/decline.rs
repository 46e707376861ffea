//! `POST /v1/dispatches/{id}/decline`: a worker says no, with a reason.

use axum::extract::State;
use axum::http::StatusCode;
use sqlx::AnyConnection;
use terskel_api::dispatch::Decline as Request;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::DispatchId;
use terskel_model::dispatch::{DispatchPhase, Holder};
use terskel_model::event::EventKind;

use super::{changed, load_state};
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::PhoneSession;
use crate::check;
use crate::db::{Write, ms};
use crate::extract::{Json, PathId};
use crate::problem::{Failure, conflict, problem, refuse};

/// Declines a dispatch of the team on shift. Saying it again changes nothing; who has accepted cannot decline.
#[utoipa::path(
    post, path = path::DECLINE, tag = "dispatch", security(("dpop" = [])), request_body = Request,
    params(("id" = DispatchId, Path, description = "The dispatch")),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn decline(
    State(app): State<Shared>,
    session: PhoneSession,
    PathId(dispatch): PathId<DispatchId>,
    Json(request): Json<Request>,
) -> Result<StatusCode, Failure> {
    let reason = check::required("reason", request.reason.as_str(), 100)?;
    app.write(&Decline { session, dispatch, reason }).await?;
    Ok(StatusCode::NO_CONTENT)
}

struct Decline {
    session: PhoneSession,
    dispatch: DispatchId,
    reason: String,
}

impl Write for Decline {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        self.check_state(tx).await?;
        let done = sqlx::query(
            "INSERT INTO declines (dispatch_id, phone_id, worker_id, reason, at_ms) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
        )
        .bind(self.dispatch.to_string())
        .bind(self.session.phone.to_string())
        .bind(self.session.worker.to_string())
        .bind(&self.reason)
        .bind(ms(app.now()))
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(());
        }
        let entry = Entry {
            dispatch: Some(self.dispatch),
            worker: Some(self.session.worker),
            phone: Some(self.session.phone),
            reason: Some(self.reason.clone()),
            ..Entry::of_station(app, EventKind::DispatchDeclined)
        };
        entry.store(app, tx).await?;
        changed(tx, self.dispatch).await
    }
}

impl Decline {
    async fn check_state(&self, tx: &mut AnyConnection) -> Result<(), Failure> {
        let team = sqlx::query("SELECT id FROM dispatches WHERE id = $1 AND team_id = $2")
            .bind(self.dispatch.to_string())
            .bind(self.session.team.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let state = match team {
            Some(_) => load_state(tx, self.dispatch).await?,
            None => None,
        };
        let state = state.ok_or_else(|| problem(code::NOT_FOUND))?;
        if state.phase() == DispatchPhase::Closed {
            return refuse(code::CLOSED);
        }
        if state.holder() == Some(Holder { worker: self.session.worker, phone: self.session.phone }) {
            return Err(conflict("id", "you have accepted it"));
        }
        Ok(())
    }
}
