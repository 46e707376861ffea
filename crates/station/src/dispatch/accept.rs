//! `POST /v1/dispatches/{id}/accept`: the first wins, by compare-and-swap in one statement (design law 7).

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::dispatch::{Accepted, IssuedKey};
use terskel_api::key::DoorWithoutKey;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::dispatch::{DispatchPhase, Holder, TransitionError};
use terskel_model::event::EventKind;
use terskel_model::rules::ARRIVE_WITHIN;
use terskel_model::{DispatchId, ResidentId, TeamId, Timestamp};

use super::deadlines::{Deadline, set_deadline, stop_deadlines};
use super::load::Loaded;
use super::{Viewer, changed, load, project};
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::PhoneSession;
use crate::db::{Columns, Write, ms};
use crate::extract::PathId;
use crate::keys::{Ring, source};
use crate::permission::{Home, signed_in, take_turn};
use crate::problem::{Failure, problem, refuse};

/// Accepts a dispatch of the team on shift. Saying it again is harmless, and gives the keys again.
#[utoipa::path(
    post, path = path::ACCEPT, tag = "dispatch", security(("dpop" = [])),
    params(("id" = DispatchId, Path, description = "The dispatch")),
    responses(
        (status = 200, body = Accepted),
        (status = 409, body = ProblemDetails, content_type = "application/problem+json",
            description = "Somebody else was first, or it is over"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn accept(
    State(app): State<Shared>,
    session: PhoneSession,
    PathId(dispatch): PathId<DispatchId>,
) -> Result<Answer<Accepted>, Failure> {
    let accept = Accept { session, dispatch, keys: true };
    let homes = accept.home(&app).await?;
    if source::wants(&homes, &app).await? {
        // Whoever was first is first, however long the locks' vendors take.
        let accept = Accept { keys: false, ..accept.clone() };
        app.write(&accept).await?;
        source::try_for(&homes, &app).await?;
    }
    app.write(&accept).await.map(Answer)
}

/// A phone that tells late tells in order, and on a slow network one by one: what it says next may be that its worker has arrived.
const HEARD_OUT: Duration = Duration::from_secs(2 * 60);

/// Gives an open dispatch of `team` to `by`, as accepted `at`; the arrival clock runs from then, and does not ring before the phone
/// has been heard out. False: it was not open.
pub(crate) async fn swap(
    tx: &mut AnyConnection,
    dispatch: DispatchId,
    team: TeamId,
    by: Holder,
    (at, now): (Timestamp, Timestamp),
) -> Result<bool, Failure> {
    let arrive_by = at + ARRIVE_WITHIN;
    let done = sqlx::query(
        "UPDATE dispatches SET phase = $1, worker_id = $2, phone_id = $3, accepted_ms = $4, arrive_by_ms = $5
         WHERE id = $6 AND team_id = $7 AND phase = $8",
    )
    .bind(DispatchPhase::Accepted.as_str())
    .bind(by.worker.to_string())
    .bind(by.phone.to_string())
    .bind(ms(at))
    .bind(ms(arrive_by))
    .bind(dispatch.to_string())
    .bind(team.to_string())
    .bind(DispatchPhase::Open.as_str())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    stop_deadlines(tx, dispatch).await?;
    set_deadline(tx, dispatch, Deadline::Arrive, arrive_by.max(now + HEARD_OUT)).await?;
    changed(tx, dispatch).await?;
    Ok(true)
}

#[derive(Clone)]
struct Accept {
    session: PhoneSession,
    dispatch: DispatchId,
    /// Whether they are wanted now.
    keys: bool,
}

impl Write for Accept {
    type Output = Accepted;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Accepted, Failure> {
        take_turn(tx).await?;
        let by = Holder { worker: self.session.worker, phone: self.session.phone };
        let won = swap(tx, self.dispatch, self.session.team, by, (app.now(), app.now())).await?;
        if won {
            self.audit(app, tx).await?;
        }
        let viewer = Viewer::from(&self.session);
        let loaded = load(app, tx, self.dispatch)
            .await?
            .filter(|dispatch| viewer.hears_of(dispatch))
            .ok_or_else(|| problem(code::NOT_FOUND))?;
        if !won {
            self.check_ours(app, &loaded)?;
        }
        let (keys, without) = match self.keys {
            true => self.keys(app, tx, &loaded).await?,
            false => Default::default(),
        };
        Ok(Accepted { dispatch: project(&loaded, &viewer, app.now()), keys, without })
    }
}

impl Accept {
    /// The home that it is about, if there is one.
    async fn home(&self, app: &App) -> Result<BTreeSet<ResidentId>, Failure> {
        let rows = sqlx::query("SELECT resident_id FROM dispatches WHERE id = $1 AND team_id = $2")
            .bind(self.dispatch.to_string())
            .bind(self.session.team.to_string())
            .fetch_all(&mut *app.reader().await?)
            .await?;
        Ok(rows.iter().map(|row| row.id("resident_id")).collect::<sqlx::Result<_>>()?)
    }

    async fn audit(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let entry = Entry {
            dispatch: Some(self.dispatch),
            worker: Some(self.session.worker),
            phone: Some(self.session.phone),
            ..Entry::of_station(app, EventKind::DispatchAccepted)
        };
        entry.store(app, tx).await
    }

    /// One key for each lock on the way. What the dispatch gives stands whatever else was permitted.
    async fn keys(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        loaded: &Loaded,
    ) -> Result<(Vec<IssuedKey>, Vec<DoorWithoutKey>), Failure> {
        let person = signed_in(self.session.id, app.now(), tx).await?;
        let home = Home::load(app, loaded.resident.id, tx).await?;
        let (Some(person), Some(home)) = (person, home) else { return refuse(code::UNAUTHENTICATED) };
        let ring = Ring { home: &home, person: &person, permissions: &[] };
        let (keys, without) = ring.keys(app, tx).await?;
        Ok((keys.into_iter().map(|rung| rung.key).collect(), without))
    }

    /// The swap did nothing: fine only where this worker has it already, on this phone.
    fn check_ours(&self, app: &App, loaded: &Loaded) -> Result<(), Failure> {
        let by = Holder { worker: self.session.worker, phone: self.session.phone };
        match loaded.state.clone().accept(by, app.now()) {
            Ok(_) => Ok(()),
            Err(TransitionError::AlreadyAccepted(_)) => {
                let taken = ProblemDetails {
                    accepted_by: loaded.accepted_by.clone(),
                    ..problem(code::ALREADY_ACCEPTED)
                };
                Err(taken.into())
            }
            Err(TransitionError::Closed) => refuse(code::CLOSED),
            Err(_) => refuse(code::CONFLICT),
        }
    }
}
