//! When and how: the time of the next run is a row (design law 7). What came due while the station was down is done at its
//! start; of several nodes, one does it.

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::AnyConnection;
use terskel_model::Timestamp;
use terskel_model::event::EventKind;
use tokio::sync::Mutex;

use super::rules::{BATCH, RULES, Rule};
use crate::app::{App, Shared};
use crate::audit::Entry;
use crate::db::{Columns, Write, ms};
use crate::problem::Failure;

/// How long after one run the next is due; and after the last batch of one that was broken off.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// How often it is looked whether one is due.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// One run at a time on this node.
pub(crate) type Turn = Mutex<()>;

/// Erases what is due, until the station stops. In a task of its own: deadlines never wait for it.
pub(crate) async fn watch(app: Shared) {
    let mut stopping = app.stopping.subscribe();
    loop {
        if let Err(error) = erase_due(&app, app.now()).await {
            tracing::error!(
                error = error.for_log(),
                "what has reached the end of its time could not be erased"
            );
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// Erases all whose time is over at `now`, if a run is due and no other node has taken it.
pub(crate) async fn erase_due(app: &App, now: Timestamp) -> Result<(), Failure> {
    let _turn = app.retention_turn.lock().await;
    let due = sqlx::query("SELECT one FROM retention_head WHERE due_ms <= $1")
        .bind(ms(now))
        .fetch_optional(&mut *app.reader().await?)
        .await?;
    if due.is_none() || !app.write(&Begin { now }).await? {
        return Ok(());
    }
    for rule in RULES {
        let before_ms = ms(app.retention.limit(rule.after, now));
        while app.write(&Batch { rule, before_ms, now }).await? >= BATCH.unsigned_abs() {
            if *app.stopping.borrow() {
                return Ok(());
            }
        }
    }
    app.write(&Tell).await
}

/// Takes the run.
struct Begin {
    now: Timestamp,
}

impl Write for Begin {
    /// Whether it was there to be taken.
    type Output = bool;

    async fn run(&self, _: &App, tx: &mut AnyConnection) -> Result<bool, Failure> {
        let done = sqlx::query("UPDATE retention_head SET due_ms = $1 WHERE one = 1 AND due_ms <= $2")
            .bind(ms(self.now + EVERY))
            .bind(ms(self.now))
            .execute(tx)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}

/// A few rows, and how many of them: what a node that dies has erased is told by the next run.
struct Batch<'a> {
    rule: &'a Rule,
    before_ms: i64,
    now: Timestamp,
}

impl Write for Batch<'_> {
    type Output = u64;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<u64, Failure> {
        let rows = self.rule.erase_some(self.before_ms, tx).await?;
        if rows > 0 {
            let mut erased = erased(tx).await?;
            *erased.entry(self.rule.what.to_owned()).or_default() += rows;
            sqlx::query("UPDATE retention_head SET erased = $1, due_ms = $2 WHERE one = 1")
                .bind(serde_json::to_string(&erased).map_err(|_| TORN)?)
                .bind(ms(app.now().max(self.now) + EVERY))
                .execute(tx)
                .await?;
        }
        Ok(rows)
    }
}

/// Writes down in the trail what was erased, if anything was.
struct Tell;

impl Write for Tell {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let erased = erased(tx).await?;
        if erased.is_empty() {
            return Ok(());
        }
        sqlx::query("UPDATE retention_head SET erased = '{}' WHERE one = 1").execute(&mut *tx).await?;
        let told: Vec<String> = erased.iter().map(|(what, rows)| format!("{what} {rows}")).collect();
        let entry =
            Entry { reason: Some(told.join(", ")), ..Entry::of_station(app, EventKind::RetentionDone) };
        entry.store(app, tx).await
    }
}

const TORN: Failure = Failure::Internal("what was erased does not read");

async fn erased(tx: &mut AnyConnection) -> Result<BTreeMap<String, u64>, Failure> {
    // An update that changes nothing keeps the row until the transaction ends.
    let row = sqlx::query("UPDATE retention_head SET erased = erased WHERE one = 1 RETURNING erased")
        .fetch_one(tx)
        .await?;
    serde_json::from_str(&row.text("erased")?).map_err(|_| TORN)
}
