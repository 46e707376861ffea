//! `POST /v1/dispatches`: a response centre calls a team out. The same reference is the same dispatch; under another
//! resident's number it is a mistake, and told as one: that resident would wait for nobody.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::dispatch::{CentreDispatch, NewDispatch};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::dispatch::{Cause, DispatchPhase};
use terskel_model::event::{EventKind, Proof};
use terskel_model::rules::ACCEPT_WITHIN;
use terskel_model::{DispatchId, TokenId};

use super::deadlines::{Deadline, set_deadline};
use super::next_revision;
use super::read::centre_view;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::Centre;
use crate::check::{self, optional, required};
use crate::db::{Columns, Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, conflict, invalid};

/// Takes a dispatch: 201 when it is new, 200 with the first when its reference was used before by this centre.
#[utoipa::path(
    post, path = path::DISPATCHES, tag = "dispatch", security(("bearer" = [])), request_body = NewDispatch,
    responses(
        (status = 201, body = CentreDispatch, description = "Taken"),
        (status = 200, body = CentreDispatch, description = "Taken before, under the same reference"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn create(
    State(app): State<Shared>,
    Centre(centre): Centre,
    Json(request): Json<NewDispatch>,
) -> Result<(StatusCode, Answer<CentreDispatch>), Failure> {
    let request = NewDispatch {
        reference: required("reference", &request.reference, 100)?,
        resident_number: required("resident_number", &request.resident_number, 50)?,
        team_code: request.team_code.map(|code| required("team_code", &code, 50)).transpose()?,
        cause: Cause::from(required("cause", request.cause.as_str(), 100)?.as_str()),
        note: optional("note", &request.note, 2000)?,
        raised_at: check::this_age("raised_at", request.raised_at)?,
    };
    let (id, new) = app.write(&Create { centre, request }).await?;
    let view = centre_view(&app, centre, id).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Answer(view)))
}

struct Create {
    centre: TokenId,
    request: NewDispatch,
}

impl Write for Create {
    /// The dispatch, and whether it is new.
    type Output = (DispatchId, bool);

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(DispatchId, bool), Failure> {
        if let Some(first) = self.first(tx).await? {
            return Ok((first, false));
        }
        let (resident, team) = self.resident_and_team(tx).await?;
        let id = DispatchId::new(&*app.world);
        // The counter's row lock lets one centre's second try at the same moment see the first's row.
        let revision = next_revision(tx).await?;
        if !self.insert(app, tx, id, &resident, &team, revision).await? {
            let first = self.first(tx).await?;
            return first.map(|id| (id, false)).ok_or(Failure::Internal("a reference came and went"));
        }
        set_deadline(tx, id, Deadline::Accept, app.now() + ACCEPT_WITHIN).await?;
        let entry = Entry {
            dispatch: Some(id),
            proof: Proof::CentreToken,
            ..Entry::of_station(app, EventKind::DispatchReceived)
        };
        entry.store(app, tx).await?;
        Ok((id, true))
    }
}

impl Create {
    async fn first(&self, tx: &mut AnyConnection) -> Result<Option<DispatchId>, Failure> {
        let row = sqlx::query(
            "SELECT d.id, COALESCE(r.ended_number, r.number) AS number FROM dispatches d JOIN residents r ON r.id = d.resident_id
             WHERE d.centre_id = $1 AND d.reference = $2",
        )
        .bind(self.centre.to_string())
        .bind(&self.request.reference)
        .fetch_optional(tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if row.text("number")? == self.request.resident_number {
            Ok(Some(row.id("id")?))
        } else {
            Err(conflict("reference", "was used for another resident"))
        }
    }

    async fn resident_and_team(&self, tx: &mut AnyConnection) -> Result<(String, String), Failure> {
        let resident = sqlx::query("SELECT id, team_id FROM residents WHERE number = $1")
            .bind(&self.request.resident_number)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| invalid("resident_number", "there is no such resident"))?;
        let team = match &self.request.team_code {
            None => resident.text("team_id")?,
            Some(code) => sqlx::query("SELECT id FROM teams WHERE code = $1")
                .bind(code)
                .fetch_optional(tx)
                .await?
                .ok_or_else(|| invalid("team_code", "there is no such team"))?
                .text("id")?,
        };
        Ok((resident.text("id")?, team))
    }

    /// Whether the row went in: not so when the reference is taken.
    async fn insert(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        id: DispatchId,
        resident: &str,
        team: &str,
        revision: i64,
    ) -> Result<bool, Failure> {
        let now = app.now();
        let done = sqlx::query(
            "INSERT INTO dispatches (id, centre_id, reference, resident_id, team_id, cause, note, raised_ms,
             received_ms, phase, accept_by_ms, revision)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (centre_id, reference) DO NOTHING",
        )
        .bind(id.to_string())
        .bind(self.centre.to_string())
        .bind(&self.request.reference)
        .bind(resident)
        .bind(team)
        .bind(self.request.cause.as_str())
        .bind(&self.request.note)
        .bind(ms(self.request.raised_at))
        .bind(ms(now))
        .bind(DispatchPhase::Open.as_str())
        .bind(ms(now + ACCEPT_WITHIN))
        .bind(revision)
        .execute(tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
