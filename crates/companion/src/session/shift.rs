//! What the clock ends: the shift, and how long things are kept.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::state::Core;

/// Often enough for a view that must be true to the minute; the wall clock may be set at any time.
const EVERY: Duration = Duration::from_secs(5);

/// Runs until the engine ends.
pub(crate) async fn keep_time(core: Arc<Core>) {
    loop {
        // A shift that ends while a bolt moves is ended when the outcome is known.
        if !core.show(|live| live.is_working()) {
            match core.store.sweep(core.world.now()).await {
                Ok(true) => core.refresh_or_log().await,
                // Alerts that others took leave the list by time alone.
                Ok(false) => core.show(|_| ()),
                Err(error) => tracing::error!(%error, "retention"),
            }
        }
        sleep(EVERY).await;
    }
}
