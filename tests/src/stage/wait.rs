//! Waiting for what comes in its own time, always with a limit.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::time::{sleep, timeout};

/// How often somebody who is not told looks again.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// Asks again and again until `look` finds something.
///
/// # Errors
/// When nothing is found within `limit`, or `look` itself fails.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let asking = async {
        loop {
            if let Some(found) = look().await? {
                return Ok::<T, anyhow::Error>(found);
            }
            sleep(LOOK_EVERY).await;
        }
    };
    match timeout(limit, asking).await {
        Ok(found) => found.with_context(|| format!("waiting for: {what}")),
        Err(_) => bail!("not so within {limit:?}: {what}"),
    }
}
