//! `POST /v1/workers/{id}/dismissal`: a worker does not work here any more.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::withdrawal::Withdrawals;
use terskel_model::WorkerId;
use terskel_model::event::EventKind;
use terskel_model::withdrawal::WithdrawalReason;

use super::order::{Whose, sessions_of};
use super::view;
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::auth::Administrator;
use crate::db::{Columns, Write, ms};
use crate::extract::PathId;
use crate::permission::{Over, end_those, take_turn};
use crate::problem::{Failure, problem};

/// Ends everything the worker has: sessions, shifts to come, leading a team, permissions, keys, the PIN. Their staff number signs in nowhere from
/// then on, and is free for others: the trail has people by id. Saying it again changes nothing.
#[utoipa::path(
    post, path = path::WORKER_DISMISSAL, tag = "withdrawals", security(("bearer" = [])),
    params(("id" = WorkerId, Path, description = "The worker")),
    responses(
        (status = 200, body = Withdrawals),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn dismiss(
    State(app): State<Shared>,
    _: Administrator,
    PathId(worker): PathId<WorkerId>,
) -> Result<Answer<Withdrawals>, Failure> {
    app.write(&Dismiss(worker)).await.map(Answer)
}

struct Dismiss(WorkerId);

impl Write for Dismiss {
    type Output = Withdrawals;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Withdrawals, Failure> {
        take_turn(tx).await?;
        let (worker, now) = (self.0.to_string(), ms(app.now()));
        let row = sqlx::query("SELECT dismissed_ms FROM workers WHERE id = $1")
            .bind(&worker)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| problem(code::NOT_FOUND))?;
        if row.time_or_none("dismissed_ms")?.is_some() {
            return Ok(Withdrawals { phones: Vec::new() });
        }
        sqlx::query(
            "UPDATE workers SET dismissed_ms = $1, leads_team = NULL, pin_hash = '', former_number = staff_number, staff_number = id
             WHERE id = $2",
        )
            .bind(now)
            .bind(&worker)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "UPDATE shifts SET ends_ms = $1, starts_ms = CASE WHEN starts_ms > $1 THEN $1 ELSE starts_ms END
             WHERE worker_id = $2 AND ends_ms > $1",
        )
        .bind(now)
        .bind(&worker)
        .execute(&mut *tx)
        .await?;
        let entry = Entry { worker: Some(self.0), ..Entry::of_station(app, EventKind::WorkerDismissed) };
        entry.store(app, tx).await?;
        end_those(Over::Worker(self.0), app, tx).await?;
        let orders = sessions_of(Whose::Worker(self.0), &WithdrawalReason::WorkerDismissed, app, tx).await?;
        Ok(Withdrawals { phones: view(&orders, tx).await? })
    }
}
