//! `POST /v1/shifts/{id}/end`: a lead ends a shift before its time.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::withdrawal::Withdrawals;
use terskel_model::event::EventKind;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{ShiftId, WorkerId};

use super::order::{Whose, sessions_of};
use super::view;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::TeamLead;
use crate::db::{Columns, Write, ms};
use crate::extract::PathId;
use crate::permission::take_turn;
use crate::problem::{Failure, problem};

/// Ends a shift of the own team now: its sessions are over, their keys are taken away. One that is over already stays as
/// it is.
#[utoipa::path(
    post, path = path::SHIFT_END, tag = "withdrawals", security(("dpop" = []), ("bearer" = [])),
    params(("id" = ShiftId, Path, description = "The shift")),
    responses(
        (status = 200, body = Withdrawals),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn end(
    State(app): State<Shared>,
    lead: TeamLead,
    PathId(shift): PathId<ShiftId>,
) -> Result<Answer<Withdrawals>, Failure> {
    app.write(&EndShift { lead, shift }).await.map(Answer)
}

struct EndShift {
    lead: TeamLead,
    shift: ShiftId,
}

impl Write for EndShift {
    type Output = Withdrawals;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Withdrawals, Failure> {
        take_turn(tx).await?;
        let row = sqlx::query("SELECT worker_id, ends_ms FROM shifts WHERE id = $1 AND team_id = $2")
            .bind(self.shift.to_string())
            .bind(self.lead.team.to_string())
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| problem(code::NOT_FOUND))?;
        if row.int("ends_ms")? <= ms(app.now()) {
            return Ok(Withdrawals { phones: Vec::new() });
        }
        // One that has not begun is over before it begins.
        sqlx::query(
            "UPDATE shifts SET ends_ms = $1, starts_ms = CASE WHEN starts_ms > $1 THEN $1 ELSE starts_ms END
             WHERE id = $2",
        )
        .bind(ms(app.now()))
        .bind(self.shift.to_string())
        .execute(&mut *tx)
        .await?;
        let worker: WorkerId = row.id("worker_id")?;
        let entry = Entry { worker: Some(worker), ..Entry::of_station(app, EventKind::ShiftEnded) };
        entry.store(app, tx).await?;
        let orders = sessions_of(Whose::Shift(self.shift), &WithdrawalReason::ShiftEnded, app, tx).await?;
        Ok(Withdrawals { phones: view(&orders, tx).await? })
    }
}
