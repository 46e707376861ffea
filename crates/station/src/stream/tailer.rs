//! Follows the stream's head in the database and spreads each changed dispatch, loaded once for all connections. Other
//! nodes' changes are found by looking twice a second.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::DispatchId;

use super::News;
use crate::app::{App, Shared};
use crate::db::Columns;
use crate::dispatch::load;
use crate::problem::Failure;

/// How long another node's change may stay unseen.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many changes are read at a time.
const PAGE: i64 = 200;

/// Runs until the station stops.
pub(crate) async fn follow(app: Shared) {
    let mut stopping = app.stopping.subscribe();
    let mut seen = None;
    loop {
        if let Err(error) = spread_new(&app, &mut seen).await {
            tracing::warn!(error = error.for_log(), "the stream could not be read");
        }
        tokio::select! {
            () = app.live.wake.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// What was stored before the tailer began is read by each connection itself.
async fn spread_new(app: &App, seen: &mut Option<i64>) -> Result<(), Failure> {
    let mut reader = app.reader().await?;
    let mut from = match *seen {
        Some(seen) => seen,
        None => sqlx::query("SELECT seq FROM stream_head WHERE one = 1")
            .fetch_one(&mut *reader)
            .await?
            .int("seq")?,
    };
    loop {
        *seen = Some(from);
        let rows =
            sqlx::query("SELECT id, revision FROM dispatches WHERE revision > $1 ORDER BY revision LIMIT $2")
                .bind(from)
                .bind(PAGE)
                .fetch_all(&mut *reader)
                .await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let id: DispatchId = row.id("id")?;
            if let Some(dispatch) = load(&mut reader, id).await? {
                app.live.spread(News::Changed(Arc::new(dispatch)));
            }
            from = row.int("revision")?;
            *seen = Some(from);
        }
    }
}
