//! `POST /v1/audit/erase`: what the trail says of events whose time is over is erased. The log keeps their hashes, so
//! that what stays still proves itself; the erasing is an event of its own.

use axum::extract::State;
use axum::response::Json as Answer;
use chrono::TimeDelta;
use sqlx::AnyConnection;
use terskel_api::audit::{EraseTrail, TrailErased};
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::Timestamp;
use terskel_model::event::EventKind;

use super::Entry;
use crate::app::{App, Shared};
use crate::auth::Administrator;
use crate::db::{Write, ms};
use crate::extract::Json;
use crate::problem::{Failure, invalid};

/// Nobody can make what happened lately be forgotten.
const KEPT_AT_LEAST: TimeDelta = TimeDelta::days(30);

/// So many events at a time: whoever takes an alarm waits for no more than that.
const AT_ONCE: i64 = 100;

/// Erases what is told of events that the station stored before a time. A large part of the trail takes its time: whoever gets no
/// answer says it again, and it goes on where it was.
#[utoipa::path(
    post, path = path::AUDIT_ERASE, tag = "audit", security(("bearer" = [])), request_body = EraseTrail,
    responses(
        (status = 200, body = TrailErased),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn erase(
    State(app): State<Shared>,
    _: Administrator,
    Json(request): Json<EraseTrail>,
) -> Result<Answer<TrailErased>, Failure> {
    if request.before > app.now() - KEPT_AT_LEAST {
        return Err(invalid("before", "must be at least 30 days ago"));
    }
    let mut erased = 0;
    loop {
        let some = app.write(&Erase { before: request.before, first: erased == 0 }).await?;
        erased += some;
        if some < AT_ONCE.unsigned_abs() || *app.stopping.borrow() {
            return Ok(Answer(TrailErased { erased }));
        }
    }
}

struct Erase {
    before: Timestamp,
    /// That it is done is told with the first portion: a station that dies after that has not erased in silence.
    first: bool,
}

impl Write for Erase {
    /// How many events.
    type Output = u64;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<u64, Failure> {
        let erased = erase_some(ms(self.before), AT_ONCE, tx).await?;
        if erased == 0 || !self.first {
            return Ok(erased);
        }
        let entry = Entry {
            reason: Some(self.before.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)),
            ..Entry::of_station(app, EventKind::AuditErased)
        };
        entry.store(app, tx).await?;
        Ok(erased)
    }
}

/// About so many of the oldest events that were stored before then, at least: those of one moment go together. Fewer: there
/// are no more.
pub(crate) async fn erase_some(before_ms: i64, some: i64, tx: &mut AnyConnection) -> sqlx::Result<u64> {
    let next = sqlx::query_scalar::<_, i64>(
        "SELECT stored_ms FROM log_entries WHERE body IS NOT NULL AND stored_ms < $1
         ORDER BY stored_ms LIMIT 1 OFFSET $2",
    )
    .bind(before_ms)
    .bind(some - 1)
    .fetch_optional(&mut *tx)
    .await?;
    erase_before(next.map_or(before_ms, |at| at + 1), tx).await
}

/// Erases what is told of events that were stored before then, wherever it stands; says how many. The phones' chains stay
/// whole by the hashes that stay, and what a lock's own log was read up to stays known.
async fn erase_before(before_ms: i64, tx: &mut AnyConnection) -> sqlx::Result<u64> {
    let mut erased = 0;
    for statement in [
        "DELETE FROM audit WHERE id IN (
           SELECT event_id FROM log_entries WHERE stored_ms < $1 AND body IS NOT NULL)",
        "UPDATE phone_events SET signed = substr(signed, 1, 0) WHERE id IN (
           SELECT event_id FROM log_entries WHERE stored_ms < $1 AND body IS NOT NULL)",
        "UPDATE lock_log SET by_name = '', operation = 'erased', at_ms = NULL
         WHERE stored_ms < $1 AND operation <> 'erased'",
        "UPDATE log_entries SET salt = NULL, body = NULL WHERE stored_ms < $1 AND body IS NOT NULL",
    ] {
        // The last one counts: an event has one entry.
        erased = sqlx::query(statement).bind(before_ms).execute(&mut *tx).await?.rows_affected();
    }
    Ok(erased)
}
