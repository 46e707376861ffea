//! A worker was called by telephone and went; the dispatch is there too, or comes. They are one visit: the dispatch is the
//! worker's, by the same swap as every other, and what the visit proves counts for it.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_model::dispatch::Holder;
use terskel_model::event::PhoneEvent;
use terskel_model::trusted_time::ClockQuality;
use terskel_model::{DispatchId, Timestamp};

use super::offline::{decided, on_shift, went_along};
use super::visit::{Move, advance};
use crate::app::App;
use crate::db::{Columns, ms};
use crate::dispatch::{CALLED, CALLED_BEFORE_MS, changed, swap};
use crate::problem::Failure;

/// The visit was going on at `at`: the last dispatch to this home that had come by then, while the worker was there and within
/// an hour of the beginning, and that nobody has, is it. What the worker has accepted under its own name stays another matter:
/// the visit neither takes nor ends it. What they have declined is for others.
pub(super) async fn of_visit(
    event: &PhoneEvent,
    visit: DispatchId,
    at: Timestamp,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    // A time that nobody vouches for could take an alarm that came when the visit was long over.
    let vouched = matches!(event.clock, None | Some(ClockQuality::Station));
    let row = sqlx::query(
        "SELECT v.begun_ms, d.id, d.received_ms, d.team_id FROM own_visits v
         JOIN dispatches d ON d.resident_id = v.resident_id
         WHERE v.id = $1 AND v.reason = $2 AND v.dispatch_id IS NULL AND d.phase = 'open'
           AND d.received_ms BETWEEN v.begun_ms - $3 AND v.begun_ms + $3
           AND d.received_ms <= v.stored_ms + $3 AND d.received_ms <= $4
           AND (v.left_ms IS NULL OR d.received_ms <= v.left_ms)
           AND d.team_id IN (SELECT team_id FROM sessions WHERE phone_id = $5 AND worker_id = $6)
           AND NOT EXISTS (SELECT 1 FROM declines n
                           WHERE n.dispatch_id = d.id AND n.phone_id = $5 AND n.worker_id = $6)
         ORDER BY d.received_ms DESC LIMIT 1",
    )
    .bind(visit.to_string())
    .bind(CALLED)
    .bind(CALLED_BEFORE_MS)
    .bind(ms(at.min(app.now())))
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(row) = row.filter(|_| vouched) {
        take(event, visit, &row, app, tx).await?;
    }
    carry_on(event, visit, app, tx).await
}

/// The visit has begun, and somebody else has a dispatch to this home: the phone hears of it again, with its visit.
pub(super) async fn was_second(visit: DispatchId, tx: &mut AnyConnection) -> Result<(), Failure> {
    let rows = sqlx::query(
        "SELECT d.id FROM own_visits v JOIN dispatches d ON d.resident_id = v.resident_id
         WHERE v.id = $1 AND v.reason = $2 AND v.dispatch_id IS NULL AND v.closed_ms IS NULL
           AND d.phase IN ('accepted', 'arrived') AND d.received_ms >= v.begun_ms - $3
         ORDER BY d.received_ms, d.id",
    )
    .bind(visit.to_string())
    .bind(CALLED)
    .bind(CALLED_BEFORE_MS)
    .fetch_all(&mut *tx)
    .await?;
    for row in &rows {
        changed(tx, row.id("id")?).await?;
    }
    Ok(())
}

/// The phone has shown the alert: where its worker is on such a visit to this home, that is it. The phone tells in order, so
/// the visit is going on, unless the hub has seen the worker leave.
pub(super) async fn of_alert(
    event: &PhoneEvent,
    dispatch: DispatchId,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let row = sqlx::query(
        "SELECT v.id AS visit_id, v.begun_ms, d.id, d.received_ms, d.team_id FROM own_visits v
         JOIN dispatches d ON d.resident_id = v.resident_id
         WHERE d.id = $1 AND d.phase = 'open' AND v.phone_id = $2 AND v.worker_id = $3 AND v.closed_ms IS NULL
           AND v.reason = $4 AND v.dispatch_id IS NULL AND v.left_ms IS NULL AND v.stored_ms >= d.received_ms - $5
           AND NOT EXISTS (SELECT 1 FROM declines n
                           WHERE n.dispatch_id = d.id AND n.phone_id = $2 AND n.worker_id = $3)
         ORDER BY v.stored_ms DESC LIMIT 1",
    )
    .bind(dispatch.to_string())
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .bind(CALLED)
    .bind(CALLED_BEFORE_MS)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let visit = row.id("visit_id")?;
    take(event, visit, &row, app, tx).await?;
    carry_on(event, visit, app, tx).await
}

/// Joins them, unless somebody else is first.
async fn take(
    event: &PhoneEvent,
    visit: DispatchId,
    row: &AnyRow,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let dispatch: DispatchId = row.id("id")?;
    let by = Holder { worker: event.worker, phone: event.phone };
    let at = row.time("begun_ms")?.min(app.now()).max(row.time("received_ms")?);
    if !on_shift(by, at, tx).await? || !swap(tx, dispatch, row.id("team_id")?, by, (at, app.now())).await? {
        return Ok(());
    }
    decided(dispatch, by, at, app, tx).await?;
    for sql in [
        "UPDATE own_visits SET dispatch_id = $1 WHERE id = $2",
        "UPDATE audit SET dispatch_id = $1 WHERE visit_id = $2",
    ] {
        sqlx::query(sql).bind(dispatch.to_string()).bind(visit.to_string()).execute(&mut *tx).await?;
    }
    // The phone hears that it is the visit that it has.
    changed(tx, dispatch).await
}

/// How far the visit is, so far is its dispatch.
async fn carry_on(
    event: &PhoneEvent,
    visit: DispatchId,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let row = sqlx::query(
        "SELECT dispatch_id, arrived_ms, closed_ms FROM own_visits WHERE id = $1 AND dispatch_id IS NOT NULL",
    )
    .bind(visit.to_string())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let dispatch = row.id("dispatch_id")?;
    let arrived = row.time_or_none("arrived_ms")?.map(Move::Arrive);
    // Whoever has accepted it besides, without network, goes on under its name: it ends when they say so.
    let goes_on = went_along(event, dispatch, tx).await?;
    let closed = row.time_or_none("closed_ms")?.map(Move::Close).filter(|_| !goes_on);
    for next in arrived.into_iter().chain(closed) {
        match advance(event, dispatch, next, app, tx).await {
            // It is over, or not theirs any more: the visit stays what it is.
            Err(Failure::Problem(_)) => return Ok(()),
            done => done?,
        }
    }
    Ok(())
}

/// The dispatch that a visit is.
pub(super) async fn dispatch_of(
    visit: Option<DispatchId>,
    tx: &mut AnyConnection,
) -> Result<Option<DispatchId>, Failure> {
    let Some(visit) = visit else { return Ok(None) };
    let row = sqlx::query("SELECT dispatch_id FROM own_visits WHERE id = $1")
        .bind(visit.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(row.map(|row| row.id_or_none("dispatch_id")).transpose()?.flatten())
}
