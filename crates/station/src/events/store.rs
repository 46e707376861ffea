//! The signed events as they came, many in one statement.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_model::{EventId, Timestamp};

use super::chain::sequence;
use super::intake::{Before, Fate, Known, Verified};
use crate::db::{Columns, in_brackets, ms};
use crate::problem::Failure;

/// An event on its way into the database.
pub(super) struct Stored<'a> {
    pub(super) event: &'a Verified,
    pub(super) hash: String,
    pub(super) chained: bool,
    pub(super) refused: Fate,
}

/// What the ids of `events` stand for already.
pub(super) async fn seen_before(events: &[Verified], tx: &mut AnyConnection) -> Result<Known, Failure> {
    let sql = format!(
        "SELECT l.event_id, e.hash, e.refused FROM log_entries l LEFT JOIN phone_events e ON e.id = l.event_id
         WHERE l.event_id IN {}",
        in_brackets(1, events.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for one in events {
        query = query.bind(one.event.id.to_string());
    }
    let rows = query.fetch_all(tx).await?;
    let before = |row: &AnyRow| -> Result<(EventId, Before), Failure> {
        let before = Before { hash: row.text_or_none("hash")?, refused: row.text_or_none("refused")? };
        Ok((row.id("event_id")?, before))
    };
    rows.iter().map(before).collect()
}

/// Stores them.
pub(super) async fn store(
    events: &[Stored<'_>],
    stored_at: Timestamp,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    if events.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO phone_events (id, phone_id, sequence, hash, chain_ok, refused, signed, stored_ms) VALUES {}",
        in_brackets(events.len(), 8)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for stored in events {
        let event = &stored.event.event;
        query = query
            .bind(event.id.to_string())
            .bind(event.phone.to_string())
            .bind(sequence(event))
            .bind(stored.hash.clone())
            .bind(i64::from(stored.chained))
            .bind(stored.refused.clone())
            .bind(stored.event.signed.clone())
            .bind(ms(stored_at));
    }
    query.execute(tx).await?;
    Ok(())
}
