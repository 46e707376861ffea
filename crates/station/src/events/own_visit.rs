//! Visits that nobody was dispatched to: the worker went by themselves, with the keys of the shift.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_api::problem::code;
use terskel_keys::receipt::{Direction, Receipt};
use terskel_model::event::{EventKind, PhoneEvent, Proof};
use terskel_model::{DispatchId, ResidentId};

use super::join;
use crate::app::App;
use crate::check;
use crate::db::{Columns, ms};
use crate::problem::{Failure, invalid, refuse};

/// An event that names such a visit belongs to no dispatch, and the visit is this worker's, on this phone.
pub(super) async fn check(event: &PhoneEvent, tx: &mut AnyConnection) -> Result<(), Failure> {
    let Some(visit) = event.visit else { return Ok(()) };
    if event.dispatch.is_some() {
        return Err(invalid("visit", "and dispatch are both there"));
    }
    if event.kind == EventKind::VisitBegun {
        return Ok(());
    }
    let row = row(visit, tx).await?;
    let theirs = |row: &AnyRow| -> sqlx::Result<bool> {
        Ok(row.text("phone_id")? == event.phone.to_string()
            && row.text("worker_id")? == event.worker.to_string())
    };
    if row.as_ref().is_some_and(|row| theirs(row).unwrap_or(false)) {
        Ok(())
    } else {
        refuse(code::NOT_FOUND)
    }
}

/// The worker sets out, to somebody of the team they are on shift for, or whose door they had a key for.
pub(super) async fn begun(event: &PhoneEvent, app: &App, tx: &mut AnyConnection) -> Result<Proof, Failure> {
    let visit = event.visit.ok_or_else(|| invalid("visit", "is missing"))?;
    let resident = event.resident.ok_or_else(|| invalid("resident", "is missing"))?;
    let reason = check::required("reason", event.reason.as_deref().unwrap_or_default(), 100)?;
    if !knows(event, resident, tx).await? {
        return refuse(code::NOT_FOUND);
    }
    let done = sqlx::query(
        "INSERT INTO own_visits (id, phone_id, worker_id, resident_id, reason, begun_ms, stored_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
    )
    .bind(visit.to_string())
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .bind(resident.to_string())
    .bind(reason)
    .bind(ms(event.at))
    .bind(ms(app.now()))
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return refuse(code::CONFLICT);
    }
    join::of_visit(event, visit, event.at, app, tx).await?;
    join::was_second(visit, tx).await?;
    Ok(Proof::PhoneSignature)
}

async fn knows(event: &PhoneEvent, resident: ResidentId, tx: &mut AnyConnection) -> Result<bool, Failure> {
    let row = sqlx::query(
        "SELECT r.id FROM residents r WHERE r.id = $1 AND (
           r.team_id IN (SELECT team_id FROM sessions WHERE phone_id = $2 AND worker_id = $3)
           OR EXISTS (SELECT 1 FROM issued_keys k JOIN resident_doors rd ON rd.door_id = k.door_id
                      WHERE rd.resident_id = r.id AND k.phone_id = $2 AND k.worker_id = $3))",
    )
    .bind(resident.to_string())
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .fetch_optional(tx)
    .await?;
    Ok(row.is_some())
}

/// Whose home the visit is to.
pub(super) async fn resident(visit: DispatchId, tx: &mut AnyConnection) -> Result<ResidentId, Failure> {
    match row(visit, tx).await? {
        Some(row) => Ok(row.id("resident_id")?),
        None => refuse(code::NOT_FOUND),
    }
}

/// The hub has seen the worker. The first check-in counts, and the first check-out.
pub(super) async fn checked(
    event: &PhoneEvent,
    visit: DispatchId,
    receipt: &Receipt,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let seen = match receipt.direction {
        Direction::In => "UPDATE own_visits SET arrived_ms = COALESCE(arrived_ms, $1) WHERE id = $2",
        Direction::Out => "UPDATE own_visits SET left_ms = COALESCE(left_ms, $1) WHERE id = $2",
    };
    sqlx::query(seen).bind(ms(receipt.at)).bind(visit.to_string()).execute(&mut *tx).await?;
    join::of_visit(event, visit, receipt.at, app, tx).await
}

/// The worker ended the visit. Ending it twice changes nothing.
pub(super) async fn closed(event: &PhoneEvent, app: &App, tx: &mut AnyConnection) -> Result<Proof, Failure> {
    let visit = event.visit.ok_or_else(|| invalid("visit", "is missing"))?;
    sqlx::query("UPDATE own_visits SET closed_ms = COALESCE(closed_ms, $1) WHERE id = $2")
        .bind(ms(event.at))
        .bind(visit.to_string())
        .execute(&mut *tx)
        .await?;
    join::of_visit(event, visit, event.at, app, tx).await?;
    Ok(Proof::PhoneSignature)
}

async fn row(visit: DispatchId, tx: &mut AnyConnection) -> Result<Option<AnyRow>, Failure> {
    let found = sqlx::query("SELECT phone_id, worker_id, resident_id FROM own_visits WHERE id = $1")
        .bind(visit.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(found)
}
