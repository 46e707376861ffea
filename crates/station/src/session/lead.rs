//! `POST /v1/lead-session`: a team lead signs in to read, without a phone.

use std::time::Duration;

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::session::{LeadSignIn, LeadSignedIn};
use terskel_model::WorkerId;
use terskel_model::event::EventKind;

use super::sign_in::{Refusal, check_pin, find_worker};
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::token::{hash, new_token};
use crate::check;
use crate::db::{Columns, Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, problem, refuse};

/// How long a lead's session lasts.
const LASTS: Duration = Duration::from_secs(8 * 60 * 60);

/// Signs a team lead in. Who leads no team is refused only after the PIN was right.
#[utoipa::path(
    post, path = path::LEAD_SESSION, tag = "session", request_body = LeadSignIn,
    responses(
        (status = 200, body = LeadSignedIn),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn sign_in_lead(
    State(app): State<Shared>,
    Json(request): Json<LeadSignIn>,
) -> Result<Answer<LeadSignedIn>, Failure> {
    let staff_number = check::required("staff_number", &request.staff_number, 50)?;
    check::pin("pin", request.pin.expose())?;
    let worker = find_worker(&app, &staff_number).await?;
    let refusal = Refusal { phone: None, worker: worker.as_ref().map(|worker| worker.id) };
    check_pin(&app, "lead", &staff_number, request.pin, worker.as_ref(), &refusal).await?;
    let Some(worker) = worker else { return refuse(code::WRONG_PIN) };
    let signed_in = app.write(&StartLeadSession(worker.id)).await;
    if let Err(Failure::Problem(problem)) = &signed_in {
        app.write(&refusal.because(&problem.code)).await?;
    }
    signed_in.map(Answer)
}

struct StartLeadSession(WorkerId);

impl Write for StartLeadSession {
    type Output = LeadSignedIn;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<LeadSignedIn, Failure> {
        let team = sqlx::query("SELECT leads_team FROM workers WHERE id = $1")
            .bind(self.0.to_string())
            .fetch_one(&mut *tx)
            .await?
            .text_or_none("leads_team")?
            .ok_or_else(|| problem(code::FORBIDDEN))?;
        let (token, ends_at) = (new_token(&*app.world), app.now() + LASTS);
        sqlx::query(
            "INSERT INTO lead_sessions (token_hash, worker_id, team_id, started_ms, ends_ms)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(hash(token.expose()))
        .bind(self.0.to_string())
        .bind(team)
        .bind(ms(app.now()))
        .bind(ms(ends_at))
        .execute(&mut *tx)
        .await?;
        let entry = Entry { worker: Some(self.0), ..Entry::of_station(app, EventKind::SignedIn) };
        entry.store(app, tx).await?;
        Ok(LeadSignedIn { token, ends_at })
    }
}
