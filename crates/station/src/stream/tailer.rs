//! Follows the stream's head in the database and spreads what has changed, loaded once for all connections. Other
//! nodes' changes are found by looking twice a second.

use std::sync::Arc;
use std::time::Duration;

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_model::{BreakGlassId, DispatchId, PermissionId, TeamId, WithdrawalId};
use uuid::Uuid;

use super::{News, Permitted, head};
use crate::admin::policy::policy_of;
use crate::app::{App, Shared};
use crate::db::Columns;
use crate::dispatch::load;
use crate::problem::Failure;
use crate::{break_glass, permission, withdrawal};

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
    pub(super) async fn changes(&self, reader: &mut AnyConnection) -> Result<Vec<Change>, Failure> {
        let rows = sqlx::query(
            "SELECT id, revision, 'dispatch' AS what FROM dispatches WHERE revision > $1
             UNION ALL SELECT id, revision, 'withdrawal' AS what FROM withdrawals WHERE revision > $1
             UNION ALL SELECT id, revision, 'permission' AS what FROM permissions WHERE revision > $1
             UNION ALL SELECT id, revision, 'glass' AS what FROM broken_glass WHERE revision > $1
             UNION ALL SELECT team_id AS id, MAX(revision) AS revision, 'roster' AS what FROM roster WHERE revision > $1
               GROUP BY team_id
             UNION ALL SELECT id, policy_revision AS revision, 'policy' AS what FROM teams WHERE policy_revision > $1
             ORDER BY revision LIMIT $2",
        )
        .bind(self.seen)
        .bind(PAGE)
        .fetch_all(reader)
        .await?;
        let change = |row: &AnyRow| {
            Ok(Change { id: row.id("id")?, revision: row.int("revision")?, what: row.text("what")? })
        };
        Ok(rows.iter().map(change).collect::<sqlx::Result<_>>()?)
    }

    /// What has changed again since it was listed is left for its new place: told here, it would carry every
    /// connection's cursor past the changes in between.
    pub(super) async fn spread(
        &mut self,
        app: &App,
        reader: &mut AnyConnection,
        changes: Vec<Change>,
    ) -> Result<(), Failure> {
        for change in changes {
            if let Some(news) = change.news(app, reader).await? {
                app.live.spread(news);
            }
            self.seen = change.revision;
        }
        Ok(())
    }
}

/// Something has a new place in the stream.
pub(super) struct Change {
    id: Uuid,
    revision: i64,
    what: String,
}

impl Change {
    async fn glass(&self, reader: &mut AnyConnection) -> Result<News, Failure> {
        let row = sqlx::query("SELECT team_id FROM broken_glass WHERE id = $1")
            .bind(self.id.to_string())
            .fetch_one(&mut *reader)
            .await?;
        let team = row.id("team_id")?;
        let report = break_glass::one_for(team, BreakGlassId(self.id), reader).await?;
        Ok(News::GlassBroken(team, Arc::new(report)))
    }

    /// `None`: it is not there any more, in this place.
    async fn news(&self, app: &App, reader: &mut AnyConnection) -> Result<Option<News>, Failure> {
        Ok(match self.what.as_str() {
            "withdrawal" => {
                let told = withdrawal::load(WithdrawalId(self.id), reader).await?;
                told.map(|told| News::Withdrawn(Arc::new(told)))
            }
            "permission" => {
                let who = permission::whom(PermissionId(self.id), reader).await?;
                who.map(|who| News::Permitted(Arc::new(Permitted { revision: self.revision, who })))
            }
            "glass" => Some(self.glass(reader).await?),
            "roster" => Some(News::Roster(TeamId(self.id))),
            "policy" => {
                let (policy, _) = policy_of(TeamId(self.id), reader).await?;
                Some(News::Policy(TeamId(self.id), Arc::new(policy)))
            }
            _ => {
                let dispatch = load(app, reader, DispatchId(self.id)).await?;
                let same = dispatch.filter(|dispatch| dispatch.revision == self.revision);
                same.map(|dispatch| News::Changed(Arc::new(dispatch)))
            }
        })
    }
}
