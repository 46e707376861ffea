//! What the clock ends: the shift, and how long things are kept.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::state::Core;

/// Often enough for a view that must be true to the minute; the wall clock may be set at any time.
const EVERY: Duration = Duration::from_secs(5);

/// The time is written down each so many looks: once a minute.
const KEEP_TIME: u32 = 12;

/// Runs until the engine ends.
pub(crate) async fn keep_time(core: Arc<Core>) {
    let mut looked = 0u32;
    loop {
        if looked % KEEP_TIME == KEEP_TIME - 1
            && let Err(error) = core.clock.keep(&core.store).await
        {
            tracing::error!(%error, "the time");
        }
        looked = looked.wrapping_add(1);
        crate::lock::lock_if_idle(&core);
        // A shift that ends while a bolt moves is ended when the outcome is known.
        if !core.show(|live| live.is_working()) {
            match core.store.sweep(core.clock.now()).await {
                Ok(true) => core.refresh_or_log().await,
                // Alerts that others took leave the list by time alone.
                Ok(false) => core.show(|_| ()),
                Err(error) => tracing::error!(%error, "retention"),
            }
        }
        sleep(EVERY).await;
    }
}
