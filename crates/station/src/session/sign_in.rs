//! `POST /v1/session`: a worker signs in on an enrolled phone, during a shift.

use std::time::Duration;

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::session::{SignIn, SignedIn};
use terskel_keys::{PhonePublic, sign_in};
use terskel_model::event::EventKind;
use terskel_model::{PhoneId, WorkerId};

use super::start::StartSession;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::{Attempt, PinCheck, Ticket, locked_out, phone_keys};
use crate::check;
use crate::db::{Columns, Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, invalid, problem, refuse};

/// How far the phone's clock may be off for its proof to count as fresh.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// Signs a worker in. Asked in this order: is the phone ours, is it there now, is the PIN right, is there a shift.
#[utoipa::path(
    post, path = path::SESSION, tag = "session", request_body = SignIn,
    responses(
        (status = 200, body = SignedIn),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn sign_in_worker(
    State(app): State<Shared>,
    Json(request): Json<SignIn>,
) -> Result<Answer<SignedIn>, Failure> {
    let staff_number = check::required("staff_number", &request.staff_number, 50)?;
    check::pin("pin", request.pin.expose())?;
    if request.capabilities.as_ref().is_some_and(|told| !told.are_few()) {
        return Err(invalid("capabilities", "are too many, or too long"));
    }
    let nonce: [u8; 16] = check::bytes("nonce", &request.nonce.0)?;
    let phone = phone_keys(&mut *app.reader().await?, request.phone).await?;
    prove(&app, &request, &phone).await?;
    app.write(&UseNonce { phone: request.phone, nonce }).await?;

    let worker = find_worker(&app, &staff_number).await?;
    let known = worker.as_ref().map(|worker| worker.id);
    let refusal = Refusal { phone: Some(request.phone), worker: known };
    check_pin(&app, "phone", &staff_number, request.pin, worker.as_ref(), &refusal).await?;
    let Some(worker) = worker else { return refuse(code::WRONG_PIN) };
    let start = StartSession {
        phone: request.phone,
        worker: worker.id,
        signing_key: phone.signing,
        capabilities: request.capabilities,
    };
    let signed_in = app.write(&start).await;
    match &signed_in {
        Ok(_) => app.live.session_ended(request.phone),
        Err(Failure::Problem(problem)) => app.write(&refusal.because(&problem.code)).await?,
        Err(_) => {}
    }
    signed_in.map(Answer)
}

async fn prove(app: &App, request: &SignIn, phone: &PhonePublic) -> Result<(), Failure> {
    let bad = |detail: &str| ProblemDetails { detail: Some(detail.to_owned()), ..problem(code::BAD_PROOF) };
    let off = (app.now() - request.at).abs().to_std().unwrap_or(Duration::MAX);
    if off > FRESH {
        let off = ProblemDetails { station_time: Some(app.now()), ..problem(code::CLOCK_OFF) };
        return Err(off.into());
    }
    let message = sign_in::message(request.phone, &request.staff_number, request.at, &request.nonce.0);
    phone.verify(&message, &request.proof.0).map_err(|_| bad("the signature does not verify"))?;
    Ok(())
}

/// A worker as far as signing in needs to know.
pub(super) struct Known {
    pub(super) id: WorkerId,
    pub(super) pin_hash: String,
}

pub(super) async fn find_worker(app: &App, staff_number: &str) -> Result<Option<Known>, Failure> {
    let row =
        sqlx::query("SELECT id, pin_hash FROM workers WHERE staff_number = $1 AND dismissed_ms IS NULL")
            .bind(staff_number)
            .fetch_optional(&mut *app.reader().await?)
            .await?;
    row.map(|row| Ok(Known { id: row.id("id")?, pin_hash: row.text("pin_hash")? })).transpose()
}

/// Counts the attempt, checks the PIN, and forgives the count when it is right.
pub(super) async fn check_pin(
    app: &App,
    door: &str,
    staff_number: &str,
    pin: terskel_api::Secret,
    worker: Option<&Known>,
    refusal: &Refusal,
) -> Result<(), Failure> {
    let attempt = Attempt::pin(door, staff_number);
    let lock = match app.write(&attempt).await? {
        Ticket::Locked(left) => {
            app.write(&refusal.because(code::LOCKED_OUT)).await?;
            return Err(locked_out(left));
        }
        Ticket::Check { lock_if_wrong } => lock_if_wrong,
    };
    if (PinCheck { pin, stored: worker.map(|w| w.pin_hash.clone()) }).passes(app).await? {
        return app.write(&attempt.forgive()).await;
    }
    app.write(&refusal.because(code::WRONG_PIN)).await?;
    match lock {
        Some(lock) => Err(locked_out(lock)),
        None => refuse(code::WRONG_PIN),
    }
}

/// A nonce counts once; old ones are too old to count anyway.
struct UseNonce {
    phone: PhoneId,
    nonce: [u8; 16],
}

impl Write for UseNonce {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let now = app.now();
        sqlx::query("DELETE FROM sign_in_nonces WHERE used_ms < $1")
            .bind(ms(now - FRESH * 3))
            .execute(&mut *tx)
            .await?;
        let stored = sqlx::query(
            "INSERT INTO sign_in_nonces (phone_id, nonce, used_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(self.phone.to_string())
        .bind(self.nonce.iter().map(|b| format!("{b:02x}")).collect::<String>())
        .bind(ms(now))
        .execute(tx)
        .await?;
        if stored.rows_affected() == 1 { Ok(()) } else { refuse(code::BAD_PROOF) }
    }
}

/// Who was refused, for the audit.
#[derive(Clone, Copy)]
pub(super) struct Refusal {
    pub(super) phone: Option<PhoneId>,
    pub(super) worker: Option<WorkerId>,
}

impl Refusal {
    pub(super) fn because(self, reason: &str) -> AuditRefusal {
        AuditRefusal { refusal: self, reason: reason.to_owned() }
    }
}

pub(super) struct AuditRefusal {
    refusal: Refusal,
    reason: String,
}

impl Write for AuditRefusal {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let entry = Entry {
            phone: self.refusal.phone,
            worker: self.refusal.worker,
            reason: Some(self.reason.clone()),
            ..Entry::of_station(app, EventKind::SignInRefused)
        };
        entry.store(app, tx).await
    }
}
