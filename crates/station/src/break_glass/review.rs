//! `POST /v1/break-glass/{id}/review`: a lead has looked into it.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::break_glass::{GlassReport, Review};
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::BreakGlassId;
use terskel_model::event::EventKind;

use super::one_for;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::TeamLead;
use crate::check;
use crate::db::{Write, ms};
use crate::extract::{Json, PathId};
use crate::problem::{Failure, conflict, problem};

/// Closes the review, with a note. It is closed once; whoever broke the glass does not close it themselves.
#[utoipa::path(
    post, path = path::BREAK_GLASS_REVIEW, tag = "break glass", security(("bearer" = [])), request_body = Review,
    params(("id" = BreakGlassId, Path, description = "The emergency")),
    responses(
        (status = 200, body = GlassReport),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn review(
    State(app): State<Shared>,
    lead: TeamLead,
    PathId(glass): PathId<BreakGlassId>,
    Json(request): Json<Review>,
) -> Result<Answer<GlassReport>, Failure> {
    let note = check::required("note", &request.note, 2000)?;
    app.write(&Close { lead, glass, note }).await.map(Answer)
}

struct Close {
    lead: TeamLead,
    glass: BreakGlassId,
    note: String,
}

impl Write for Close {
    type Output = GlassReport;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<GlassReport, Failure> {
        let before = one_for(self.lead.team, self.glass, tx).await?;
        if before.worker == self.lead.worker {
            return Err(ProblemDetails {
                detail: Some("another lead closes what you did yourself".into()),
                ..problem(code::FORBIDDEN)
            }
            .into());
        }
        let done = sqlx::query(
            "UPDATE broken_glass SET reviewed_ms = $1, reviewed_by = $2, review = $3
             WHERE id = $4 AND reviewed_ms IS NULL",
        )
        .bind(ms(app.now()))
        .bind(self.lead.worker.to_string())
        .bind(&self.note)
        .bind(self.glass.to_string())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(conflict("id", "has been reviewed"));
        }
        let entry =
            Entry { worker: Some(self.lead.worker), ..Entry::of_station(app, EventKind::GlassReviewed) };
        entry.store(app, tx).await?;
        one_for(self.lead.team, self.glass, tx).await
    }
}
