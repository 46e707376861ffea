//! `POST /v1/workers/{id}/pin`: a worker has forgotten the PIN, or somebody else has learnt it.

use axum::extract::State;
use axum::http::StatusCode;
use sqlx::AnyConnection;
use terskel_api::admin::NewPin;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::WorkerId;
use terskel_model::event::EventKind;

use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::{Attempt, LeadOrAdministrator, TeamLead, hash_pin};
use crate::check;
use crate::db::{Columns, Write, ms};
use crate::extract::{Json, PathId};
use crate::problem::{Failure, problem, refuse};

/// Gives a worker another PIN, and lets them try again at once where wrong ones had locked them out. A lead does so for whoever
/// has a shift in the team, now or to come, and for no lead. Sessions at a desk, which take nothing but the PIN, are over; those on
/// phones go on.
#[utoipa::path(
    post, path = path::WORKER_PIN, tag = "team", security(("dpop" = []), ("bearer" = [])), request_body = NewPin,
    params(("id" = WorkerId, Path, description = "The worker")),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn give_pin(
    State(app): State<Shared>,
    LeadOrAdministrator(lead): LeadOrAdministrator,
    PathId(worker): PathId<WorkerId>,
    Json(request): Json<NewPin>,
) -> Result<StatusCode, Failure> {
    check::pin("pin", request.pin.expose())?;
    let pin_hash = hash_pin(&app, request.pin).await?;
    app.write(&GivePin { worker, lead, pin_hash }).await?;
    Ok(StatusCode::NO_CONTENT)
}

struct GivePin {
    worker: WorkerId,
    lead: Option<TeamLead>,
    pin_hash: String,
}

impl Write for GivePin {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        if let Some(lead) = &self.lead {
            self.check_own(lead, app, tx).await?;
        }
        let number = sqlx::query(
            "UPDATE workers SET pin_hash = $1 WHERE id = $2 AND dismissed_ms IS NULL RETURNING staff_number",
        )
        .bind(&self.pin_hash)
        .bind(self.worker.to_string())
        .fetch_optional(&mut *tx)
        .await?
        .ok_or_else(|| problem(code::NOT_FOUND))?
        .text("staff_number")?;
        for door in ["phone", "lead"] {
            Attempt::pin(door, &number).forgive().run(app, tx).await?;
        }
        sqlx::query("UPDATE lead_sessions SET ended_ms = $1 WHERE worker_id = $2 AND ended_ms IS NULL")
            .bind(ms(app.now()))
            .bind(self.worker.to_string())
            .execute(&mut *tx)
            .await?;
        let by = self.lead.as_ref().map(|lead| lead.worker.to_string());
        let entry = Entry {
            worker: Some(self.worker),
            reason: Some(by.unwrap_or_else(|| "administrator".to_owned())),
            ..Entry::of_station(app, EventKind::PinChanged)
        };
        entry.store(app, tx).await
    }
}

impl GivePin {
    /// Whoever sets a PIN can sign in with it, on an enrolled phone: so not as another lead, nor as somebody who has no shift in
    /// this team.
    async fn check_own(&self, lead: &TeamLead, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let row = sqlx::query(
            "SELECT w.leads_team FROM workers w WHERE w.id = $1 AND w.dismissed_ms IS NULL AND (w.leads_team = $2
             OR EXISTS (SELECT 1 FROM shifts h WHERE h.worker_id = w.id AND h.team_id = $2 AND h.ends_ms > $3))",
        )
        .bind(self.worker.to_string())
        .bind(lead.team.to_string())
        .bind(ms(app.now()))
        .fetch_optional(tx)
        .await?
        .ok_or_else(|| problem(code::NOT_FOUND))?;
        if row.text_or_none("leads_team")?.is_some() { refuse(code::FORBIDDEN) } else { Ok(()) }
    }
}
