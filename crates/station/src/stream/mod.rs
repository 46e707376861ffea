//! The live stream to phones. The database has the order; this only spreads it.

mod sse;
mod tailer;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use sqlx::AnyConnection;
use terskel_api::break_glass::GlassReport;
use terskel_model::permission::Who;
use terskel_model::phone_policy::PhonePolicy;
use terskel_model::{PhoneId, TeamId};
use tokio::sync::{Notify, broadcast};

use crate::db::Columns;
use crate::dispatch::Loaded;
use crate::problem::Failure;
use crate::withdrawal::Told;
pub(crate) use sse::{__path_stream, stream};
pub(crate) use tailer::Tailer;

/// How many changes a slow connection may be behind before it reads the database again.
const BACKLOG: usize = 256;

/// What open connections are told.
#[derive(Clone)]
pub(crate) enum News {
    /// A dispatch has changed.
    Changed(Arc<Loaded>),
    /// Keys are taken away.
    Withdrawn(Arc<Told>),
    /// A permission was given.
    Permitted(Arc<Permitted>),
    /// The glass was broken at a home of a team.
    GlassBroken(TeamId, Arc<GlassReport>),
    /// Homes of a team have changed.
    Roster(TeamId),
    /// What a team has decided about its phones has changed.
    Policy(TeamId, Arc<PhonePolicy>),
    /// A session of this phone has ended.
    SessionsOf(PhoneId),
}

/// Whom a new permission may give keys.
pub(crate) struct Permitted {
    revision: i64,
    who: Who,
}

/// From the tailer to the connections.
pub(crate) struct Live {
    wake: Notify,
    news: broadcast::Sender<News>,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self { wake: Notify::new(), news: broadcast::channel(BACKLOG).0 }
    }

    /// Something was stored: look for changes now.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// A session of this phone was ended.
    pub(crate) fn session_ended(&self, phone: PhoneId) {
        self.spread(News::SessionsOf(phone));
    }

    fn spread(&self, news: News) {
        // Nobody listening is no fault.
        let _ = self.news.send(news);
    }

    fn listen(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }
}

/// The place of the last change.
async fn head(reader: &mut AnyConnection) -> Result<i64, Failure> {
    let row = sqlx::query("SELECT seq FROM stream_head WHERE one = 1").fetch_one(reader).await?;
    Ok(row.int("seq")?)
}
