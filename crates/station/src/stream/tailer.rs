//! Follows the stream's head in the database and spreads each changed dispatch, loaded once for all connections. Other
//! nodes' changes are found by looking twice a second.

use std::sync::Arc;
use std::time::Duration;

use sqlx::AnyConnection;
use terskel_model::DispatchId;

use super::{News, head};
use crate::app::{App, Shared};
use crate::db::Columns;
use crate::dispatch::load;
use crate::problem::Failure;

/// How long another node's change may stay unseen.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many changes are read at a time.
const PAGE: i64 = 200;

/// How far the stream has been spread on this node.
pub(crate) struct Tailer {
    seen: i64,
}

impl Tailer {
    /// Begins at the stream's head. A connection that was opened before this could miss what comes in between: begin
    /// first, then listen.
    pub(crate) async fn begin(app: &App) -> Result<Self, Failure> {
        Ok(Self { seen: head(&mut *app.reader().await?).await? })
    }

    /// Runs until the station stops.
    pub(crate) async fn follow(mut self, app: Shared) {
        let mut stopping = app.stopping.subscribe();
        loop {
            if let Err(error) = self.spread_new(&app).await {
                tracing::warn!(error = error.for_log(), "the stream could not be read");
            }
            tokio::select! {
                () = app.live.wake.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            }
        }
    }

    pub(super) async fn spread_new(&mut self, app: &App) -> Result<(), Failure> {
        let mut reader = app.reader().await?;
        loop {
            let changes = self.changes(&mut reader).await?;
            if changes.is_empty() {
                return Ok(());
            }
            self.spread(app, &mut reader, changes).await?;
        }
    }

    /// What has changed, in the order of the stream.
    pub(super) async fn changes(
        &self,
        reader: &mut AnyConnection,
    ) -> Result<Vec<(DispatchId, i64)>, Failure> {
        let rows =
            sqlx::query("SELECT id, revision FROM dispatches WHERE revision > $1 ORDER BY revision LIMIT $2")
                .bind(self.seen)
                .bind(PAGE)
                .fetch_all(reader)
                .await?;
        Ok(rows.iter().map(|row| Ok((row.id("id")?, row.int("revision")?))).collect::<sqlx::Result<_>>()?)
    }

    /// A dispatch that has changed again since it was listed is left for its new place: told here, it would carry every
    /// connection's cursor past the changes in between.
    pub(super) async fn spread(
        &mut self,
        app: &App,
        reader: &mut AnyConnection,
        changes: Vec<(DispatchId, i64)>,
    ) -> Result<(), Failure> {
        for (id, revision) in changes {
            let dispatch = load(app, reader, id).await?;
            if let Some(dispatch) = dispatch.filter(|dispatch| dispatch.revision == revision) {
                app.live.spread(News::Changed(Arc::new(dispatch)));
            }
            self.seen = revision;
        }
        Ok(())
    }
}
