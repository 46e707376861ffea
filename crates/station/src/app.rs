//! What every request handler shares.

use std::sync::Arc;

use sqlx::Any;
use sqlx::pool::PoolConnection;
use terskel_keys::log::LogKey;
use terskel_model::{Timestamp, World};
use tokio::sync::{Semaphore, watch};

use crate::auth::{PinWork, SessionSecrets};
use crate::authority::Keyring;
use crate::db::{Db, Write};
use crate::keys::source::Sources;
use crate::problem::Failure;
use crate::retention::{Retention, Turn};
use crate::seal::Seal;
use crate::stream::Live;

/// The station's insides.
pub(crate) struct App {
    pub(crate) db: Db,
    pub(crate) world: Arc<dyn World>,
    /// Signs digital keys and badges.
    pub(crate) authority: Keyring,
    /// Signs the checkpoints of the log.
    pub(crate) log_key: LogKey,
    pub(crate) seal: Seal,
    /// What phones' sessions hang on.
    pub(crate) sessions: SessionSecrets,
    /// Where phones reach the station, without a slash at the end: their proofs name it.
    pub(crate) public_urls: Vec<String>,
    /// Where secrets of locks are fetched.
    pub(crate) sources: Sources,
    pub(crate) live: Live,
    /// Each PIN check takes 19 MiB for its time: a crowd at the door must not take the machine's memory.
    pub(crate) pin_checks: Arc<Semaphore>,
    /// How long what has ended is kept.
    pub(crate) retention: Retention,
    pub(crate) retention_turn: Turn,
    pub(crate) pin_work: PinWork,
    /// Becomes true when the station stops: streams end.
    pub(crate) stopping: watch::Sender<bool>,
}

/// As handlers get it.
pub(crate) type Shared = Arc<App>;

impl App {
    pub(crate) fn now(&self) -> Timestamp {
        self.world.now()
    }

    /// A connection for reading.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Any>, Failure> {
        Ok(self.db.read.acquire().await?)
    }

    /// Stores what `operation` does, then lets the streams look for changes.
    pub(crate) async fn write<W: Write>(&self, operation: &W) -> Result<W::Output, Failure> {
        let output = self.db.write(self, operation).await?;
        self.live.wake();
        Ok(output)
    }
}
