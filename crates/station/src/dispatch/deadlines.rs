//! Deadlines are rows, not timers (design law 7): what came due while the station was down is done at its start.

use sqlx::AnyConnection;
use terskel_model::event::EventKind;
use terskel_model::{DispatchId, Timestamp};

use super::changed;
use crate::app::App;
use crate::audit::Entry;
use crate::db::{Columns, Write, ms};
use crate::problem::Failure;

/// What must have happened by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// Somebody accepts.
    Accept,
    /// The holder checks in.
    Arrive,
}

impl Deadline {
    fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept_by",
            Self::Arrive => "arrive_by",
        }
    }
}

/// Sets it, in the transaction of what starts its clock.
pub(crate) async fn set_deadline(
    tx: &mut AnyConnection,
    dispatch: DispatchId,
    deadline: Deadline,
    due: Timestamp,
) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO deadlines (dispatch_id, kind, due_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(dispatch.to_string())
    .bind(deadline.as_str())
    .bind(ms(due))
    .execute(tx)
    .await?;
    Ok(())
}

/// Stops the clocks of a dispatch.
pub(crate) async fn stop_deadlines(tx: &mut AnyConnection, dispatch: DispatchId) -> Result<(), Failure> {
    sqlx::query("DELETE FROM deadlines WHERE dispatch_id = $1")
        .bind(dispatch.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Does everything that is due at `now`; says how many.
pub(crate) async fn fire_due(app: &App, now: Timestamp) -> Result<usize, Failure> {
    let due = sqlx::query("SELECT dispatch_id, kind FROM deadlines WHERE due_ms <= $1 ORDER BY due_ms")
        .bind(ms(now))
        .fetch_all(&mut *app.reader().await?)
        .await?;
    let mut fired = 0;
    for row in due {
        let deadline =
            if row.text("kind")? == Deadline::Accept.as_str() { Deadline::Accept } else { Deadline::Arrive };
        let fire = Fire { dispatch: row.id("dispatch_id")?, deadline };
        match app.write(&fire).await {
            Ok(counted) => fired += usize::from(counted),
            // The row stays and is tried again; the others' alarms do not wait for it.
            Err(error) => {
                tracing::error!(dispatch = %fire.dispatch, error = error.for_log(), "a deadline could not fire");
            }
        }
    }
    Ok(fired)
}

struct Fire {
    dispatch: DispatchId,
    deadline: Deadline,
}

impl Write for Fire {
    /// Whether it counted: not so when another node was first, or it happened after all.
    type Output = bool;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<bool, Failure> {
        // Since when: the time that was due, which a late word may have put before the time to ring.
        let (update, kind) = match self.deadline {
            Deadline::Accept => (
                "UPDATE dispatches SET unanswered_ms = accept_by_ms
                 WHERE id = $1 AND phase = 'open' AND unanswered_ms IS NULL RETURNING unanswered_ms AS since_ms",
                EventKind::DispatchUnanswered,
            ),
            Deadline::Arrive => (
                "UPDATE dispatches SET overdue_ms = arrive_by_ms
                 WHERE id = $1 AND phase = 'accepted' AND overdue_ms IS NULL RETURNING overdue_ms AS since_ms",
                EventKind::ArrivalOverdue,
            ),
        };
        let done = sqlx::query(update).bind(self.dispatch.to_string()).fetch_optional(&mut *tx).await?;
        sqlx::query("DELETE FROM deadlines WHERE dispatch_id = $1 AND kind = $2")
            .bind(self.dispatch.to_string())
            .bind(self.deadline.as_str())
            .execute(&mut *tx)
            .await?;
        let Some(done) = done else { return Ok(false) };
        let entry = Entry {
            at: done.time("since_ms")?,
            dispatch: Some(self.dispatch),
            ..Entry::of_station(app, kind)
        };
        entry.store(app, tx).await?;
        changed(tx, self.dispatch).await?;
        Ok(true)
    }
}
