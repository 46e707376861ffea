//! `POST /v1/visits`: a worker goes to somebody whose doors they may open anyway, without having been called. The visit
//! lets nobody in: every key is one that a permission gives.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::dispatch::{Accepted, IssuedKey, NewVisit};
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::dispatch::{Cause, DispatchPhase};
use terskel_model::event::EventKind;
use terskel_model::rules::ARRIVE_WITHIN;
use uuid::Uuid;

use super::load::Loaded;
use super::{Viewer, load, next_revision, project};
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::PhoneSession;
use crate::db::{Write, ms};
use crate::extract::Json;
use crate::keys::Ring;
use crate::permission::{Home, covering, permission, signed_in, take_turn};
use crate::problem::{Failure, problem, refuse};

/// Whose row in `api_tokens` stands for the station as the one who asked (migration 6).
const STATION: Uuid = Uuid::nil();

/// Begins it, with keys for the doors that the worker may open now. Saying it again is harmless, and gives the keys
/// again. Where nothing may be opened the resident is not found.
#[utoipa::path(
    post, path = path::VISITS, tag = "dispatch", security(("bearer" = [])), request_body = NewVisit,
    responses(
        (status = 200, body = Accepted),
        (status = 409, body = ProblemDetails, content_type = "application/problem+json",
            description = "The id is another visit's"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn begin(
    State(app): State<Shared>,
    session: PhoneSession,
    Json(visit): Json<NewVisit>,
) -> Result<Answer<Accepted>, Failure> {
    app.write(&Begin { session, visit }).await.map(Answer)
}

struct Begin {
    session: PhoneSession,
    visit: NewVisit,
}

impl Write for Begin {
    type Output = Accepted;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Accepted, Failure> {
        take_turn(tx).await?;
        let before = load(app, tx, self.visit.id).await?;
        let keys = self.keys(app, tx).await?;
        if before.is_none() {
            if keys.is_empty() {
                return refuse(code::NOT_FOUND);
            }
            self.insert(app, tx).await?;
        }
        let loaded = load(app, tx, self.visit.id).await?.ok_or_else(|| problem(code::NOT_FOUND))?;
        self.check_ours(&loaded)?;
        Ok(Accepted { dispatch: project(&loaded, &Viewer::from(&self.session), app.now()), keys })
    }
}

impl Begin {
    async fn keys(&self, app: &App, tx: &mut AnyConnection) -> Result<Vec<IssuedKey>, Failure> {
        let Some(person) = signed_in(self.session.id, app.now(), tx).await? else {
            return refuse(code::UNAUTHENTICATED);
        };
        let Some(home) = Home::load(app, self.visit.resident, tx).await? else {
            return refuse(code::NOT_FOUND);
        };
        let rows = covering(self.visit.resident, app.now(), tx).await?;
        let permissions = rows.iter().map(permission).collect::<Result<Vec<_>, _>>()?;
        let ring = Ring { home: &home, person: &person, permissions: &permissions };
        Ok(ring.keys(app, tx).await?.into_iter().map(|rung| rung.key).collect())
    }

    /// The resident's team answers for the visit, whoever goes.
    async fn insert(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let (now, revision) = (app.now(), next_revision(tx).await?);
        sqlx::query(
            "INSERT INTO dispatches (id, centre_id, reference, resident_id, team_id, cause, note, raised_ms, received_ms,
             phase, accept_by_ms, worker_id, phone_id, accepted_ms, arrive_by_ms, revision, own)
             SELECT $1, $2, $1, r.id, r.team_id, $4, '', $5, $5, $6, $5, $7, $8, $5, $9, $10, 1
             FROM residents r WHERE r.id = $3",
        )
        .bind(self.visit.id.to_string())
        .bind(STATION.to_string())
        .bind(self.visit.resident.to_string())
        .bind(Cause::OwnVisit.as_str())
        .bind(ms(now))
        .bind(DispatchPhase::Accepted.as_str())
        .bind(self.session.worker.to_string())
        .bind(self.session.phone.to_string())
        .bind(ms(now + ARRIVE_WITHIN))
        .bind(revision)
        .execute(&mut *tx)
        .await?;
        let entry = Entry {
            dispatch: Some(self.visit.id),
            worker: Some(self.session.worker),
            phone: Some(self.session.phone),
            ..Entry::of_station(app, EventKind::VisitBegun)
        };
        entry.store(app, tx).await
    }

    /// An id that is a dispatch's, or somebody else's visit, or was to another resident, is a mistake.
    fn check_ours(&self, loaded: &Loaded) -> Result<(), Failure> {
        let holder = loaded.state.holder().map(|by| (by.worker, by.phone));
        let ours = loaded.own && holder == Some((self.session.worker, self.session.phone));
        match loaded.state.phase() {
            _ if !ours || loaded.resident.id != self.visit.resident => refuse(code::CONFLICT),
            DispatchPhase::Closed => refuse(code::CLOSED),
            _ => Ok(()),
        }
    }
}
