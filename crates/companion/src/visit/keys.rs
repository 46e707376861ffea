//! Digital keys of the visit: asked for again where the answer to accepting was lost, or where they run out.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::DispatchId;
use tokio::time::sleep;

use crate::alerts;
use crate::interface::NetworkState;
use crate::state::{Backoff, Core};
use crate::store::{KeyFacts, Standing, VisitFacts};

/// Renewed when less than this is left.
const RENEW_BEFORE: Duration = Duration::from_secs(5 * 60);
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Runs until the visit ends.
pub(super) async fn keep_keys(core: Arc<Core>, dispatch: DispatchId) {
    // A station that gives no key for a lock is not asked without end.
    let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(120));
    loop {
        let rejected = core.snapshot().session.as_ref().is_none_or(|s| s.rejected);
        if rejected || !key_missing(&core, dispatch) {
            backoff.reset();
            sleep(LOOK_EVERY).await;
            continue;
        }
        // Without a dispatch of one's own the keys are those of the shift.
        let by_shift = |visit: &VisitFacts| visit.own || visit.standing == Standing::Taken;
        if core.snapshot().open_visit().is_some_and(|(visit, _)| by_shift(visit)) {
            core.keys_wanted.notify_one();
        } else if let Err(problem) = alerts::fetch_keys(&core, dispatch).await {
            tracing::info!(%problem, "no digital keys yet");
        }
        tokio::select! {
            () = sleep(backoff.wait(&*core.world)) => {}
            // Somebody stands before the door, and waited for just this.
            () = network_back(&core) => backoff.reset(),
        }
    }
}

/// Ends when the station is reached again after it was not; not at all while it is reached.
async fn network_back(core: &Core) {
    let mut views = core.views();
    for online in [false, true] {
        let turned = views.wait_for(|view| (view.status.network == NetworkState::Online) == online);
        if turned.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// A lock for which no key lasts: one that only locks, or that the lock has refused, is none.
fn key_missing(core: &Core, dispatch: DispatchId) -> bool {
    let snapshot = core.snapshot();
    let Some((_, visit)) = snapshot.open_visit() else { return false };
    let soon = core.clock.now() + RENEW_BEFORE;
    let lasts = |key: &KeyFacts| key.opens && key.expires > soon && !core.refused.has(key.id);
    let locks = visit.details.iter().flat_map(|d| &d.doors).filter_map(|door| door.lock.as_ref());
    locks.into_iter().any(|lock| !snapshot.keys_for(dispatch, lock.id).any(lasts))
}

#[cfg(test)]
mod tests {
    use terskel_model::Clock as _;

    use super::*;
    use crate::interface::{Intent, View};
    use crate::testing::{Home, Mood};

    /// Time passes, and the stream lives: a network that comes back would end the waiting.
    async fn minutes(home: &Home, minutes: u32) {
        for _ in 0..minutes * 3 {
            sleep(Duration::from_secs(20)).await;
            home.station.say(": still here\n\n");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn keys_that_run_out_are_asked_for_as_often_as_if_there_had_been_no_trouble_before() {
        let home = Home::alerted().await;
        let all = |view: &View| {
            let lasts = |until| until > home.world.now() + RENEW_BEFORE;
            view.visit.as_ref().unwrap().doors.iter().all(|door| door.key_until.is_some_and(lasts))
        };
        home.station.feel(Mood::VendorSilent);
        home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
        minutes(&home, 10).await;
        home.station.feel(Mood::Good);
        minutes(&home, 5).await;
        assert!(all(&home.view()));
        // The visit takes long, and the vendor is silent again.
        home.station.feel(Mood::VendorSilent);
        home.world.skip(Duration::from_secs(52 * 60));
        home.see("asked in vain", |view| view.visit.as_ref().unwrap().doors[0].key_until.is_none()).await;
        home.station.feel(Mood::Good);
        sleep(Duration::from_secs(3)).await;
        assert!(all(&home.view()), "no two minutes of waiting are left over");
    }
}
