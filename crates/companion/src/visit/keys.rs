//! Digital keys of the visit: asked for again where the answer to accepting was lost, or where they run out.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::{DispatchId, Timestamp};
use tokio::time::sleep;

use crate::alerts;
use crate::state::{Backoff, Core};
use crate::store::Snapshot;

/// Renewed when less than this is left.
const RENEW_BEFORE: Duration = Duration::from_secs(5 * 60);
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Runs until the visit ends.
pub(super) async fn keep_keys(core: Arc<Core>, dispatch: DispatchId) {
    // A station that gives no key for a lock is not asked without end.
    let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(120));
    loop {
        let rejected = core.snapshot().session.as_ref().is_none_or(|s| s.rejected);
        if rejected || !key_missing(&core.snapshot(), dispatch, core.clock.now()) {
            sleep(LOOK_EVERY).await;
            continue;
        }
        let own = core.snapshot().open_visit().is_some_and(|(visit, _)| visit.own);
        if own {
            core.keys_wanted.notify_one();
        } else if let Err(problem) = alerts::fetch_keys(&core, dispatch).await {
            tracing::info!(%problem, "no digital keys yet");
        }
        sleep(backoff.wait(&*core.world)).await;
    }
}

fn key_missing(snapshot: &Snapshot, dispatch: DispatchId, now: Timestamp) -> bool {
    let Some((_, visit)) = snapshot.open_visit() else { return false };
    let locks = visit.details.iter().flat_map(|d| &d.doors).filter_map(|door| door.lock.as_ref());
    locks
        .map(|lock| snapshot.key(dispatch, lock.id))
        .any(|key| key.is_none_or(|key| key.expires <= now + RENEW_BEFORE))
}
