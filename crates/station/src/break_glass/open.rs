//! `POST /v1/break-glass`.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::break_glass::{BreakGlass, GlassBroken};
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::event::EventKind;
use terskel_model::{ResidentId, WorkerId};

use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::{Attempt, PhoneSession, Ticket, slow_down};
use crate::check;
use crate::db::{Columns, Write, ms};
use crate::dispatch::next_revision;
use crate::extract::Json;
use crate::keys::{Ring, home_keys, source};
use crate::permission::{Home, signed_in, take_turn};
use crate::problem::{Failure, conflict, problem};

/// Opens a home of the own team in an emergency. The same id is the same emergency: its keys again, and no later. Residents
/// are named by their exact number: who guesses must wait.
#[utoipa::path(
    post, path = path::BREAK_GLASS, tag = "break glass", security(("dpop" = [])), request_body = BreakGlass,
    responses(
        (status = 200, body = GlassBroken),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn open(
    State(app): State<Shared>,
    session: PhoneSession,
    Json(request): Json<BreakGlass>,
) -> Result<Answer<GlassBroken>, Failure> {
    let request = BreakGlass {
        resident_number: check::required("resident_number", &request.resident_number, 50)?,
        reason: check::required("reason", request.reason.as_str(), 100)?.as_str().into(),
        text: check::required("text", &request.text, 500)?,
        ..request
    };
    let attempt = Attempt::resident(session.worker);
    if let Ticket::Locked(left) = app.write(&attempt).await? {
        return Err(slow_down(left));
    }
    source::try_for(&named(&app, &session, &request).await?, &app).await?;
    let opened = app.write(&Open { session, request }).await?;
    app.write(&attempt.forgive()).await?;
    Ok(Answer(opened))
}

/// The home that is meant, if there is one.
async fn named(
    app: &App,
    session: &PhoneSession,
    request: &BreakGlass,
) -> Result<BTreeSet<ResidentId>, Failure> {
    let rows = sqlx::query(BY_NUMBER)
        .bind(&request.resident_number)
        .bind(session.team.to_string())
        .fetch_all(&mut *app.reader().await?)
        .await?;
    Ok(rows.iter().map(|row| row.id("id")).collect::<sqlx::Result<_>>()?)
}

const BY_NUMBER: &str = "SELECT id FROM residents WHERE number = $1 AND team_id = $2";

struct Open {
    session: PhoneSession,
    request: BreakGlass,
}

impl Write for Open {
    type Output = GlassBroken;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<GlassBroken, Failure> {
        take_turn(tx).await?;
        let person = signed_in(self.session.id, app.now(), tx).await?;
        let person = person.ok_or_else(|| problem(code::UNAUTHENTICATED))?;
        let resident = self.resident(tx).await?;
        if self.insert(app, tx, resident).await? {
            self.audit(app, tx).await?;
        }
        self.check_same(tx, resident).await?;
        let home = Home::load(app, resident, tx).await?.ok_or_else(|| problem(code::NOT_FOUND))?;
        // The emergency alone speaks for it, whatever else was permitted.
        let ring = Ring { home: &home, person: &person, permissions: &[] };
        let (keys, without) = ring.keys(app, tx).await?;
        let (home, keys) = home_keys(home, keys, &without);
        Ok(GlassBroken { id: self.request.id, home, keys, without })
    }
}

impl Open {
    async fn resident(&self, tx: &mut AnyConnection) -> Result<ResidentId, Failure> {
        let row = sqlx::query(BY_NUMBER)
            .bind(&self.request.resident_number)
            .bind(self.session.team.to_string())
            .fetch_optional(tx)
            .await?;
        let named = || ProblemDetails { field: Some("resident_number".into()), ..problem(code::NOT_FOUND) };
        Ok(row.ok_or_else(named)?.id("id")?)
    }

    /// Whether it is new.
    async fn insert(&self, app: &App, tx: &mut AnyConnection, resident: ResidentId) -> Result<bool, Failure> {
        let revision = next_revision(tx).await?;
        let done = sqlx::query(
            "INSERT INTO broken_glass (id, resident_id, team_id, worker_id, phone_id, reason, told, at_ms, revision)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
        )
        .bind(self.request.id.to_string())
        .bind(resident.to_string())
        .bind(self.session.team.to_string())
        .bind(self.session.worker.to_string())
        .bind(self.session.phone.to_string())
        .bind(self.request.reason.as_str())
        .bind(&self.request.text)
        .bind(ms(app.now()))
        .bind(revision)
        .execute(tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn check_same(&self, tx: &mut AnyConnection, resident: ResidentId) -> Result<(), Failure> {
        let row = sqlx::query("SELECT resident_id, worker_id FROM broken_glass WHERE id = $1")
            .bind(self.request.id.to_string())
            .fetch_one(tx)
            .await?;
        let same = row.id::<ResidentId>("resident_id")? == resident
            && row.id::<WorkerId>("worker_id")? == self.session.worker;
        if same { Ok(()) } else { Err(conflict("id", "is another emergency's")) }
    }

    async fn audit(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let entry = Entry {
            worker: Some(self.session.worker),
            phone: Some(self.session.phone),
            reason: Some(self.request.reason.as_str().to_owned()),
            ..Entry::of_station(app, EventKind::GlassBroken)
        };
        entry.store(app, tx).await
    }
}
