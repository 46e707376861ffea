//! Looking for locks that can be installed.

use std::sync::Arc;
use std::time::Duration;

use terskel_radio::Sighting;
use tokio::time::{Instant, sleep};

use super::desk::FoundLock;
use super::lead;
use crate::interface::{Outcome, Problem};
use crate::state::Core;
use crate::visit::{AbortOnDrop, heard, scan_filter};

/// Heard longer ago than this, a lock is not shown any more.
const FRESH: Duration = Duration::from_secs(30);
/// At least this strong, dBm, it is within a few steps.
const NEAR: i16 = -75;
const AGAIN: Duration = Duration::from_secs(1);

/// Begins to listen.
pub(crate) fn find_locks(core: &Arc<Core>) -> Result<Outcome, Problem> {
    lead(core)?;
    core.show(|live| {
        live.install.looking = true;
        live.install.found.clear();
        live.install.installed = None;
    });
    let search = tokio::spawn(keep_listening(core.clone()));
    core.install.search(Some(AbortOnDrop(search)));
    Ok(Outcome::Done)
}

/// Listens no longer.
pub(crate) fn stop_finding(core: &Core) -> Outcome {
    core.install.search(None);
    core.show(|live| {
        live.install.looking = false;
        live.install.found.clear();
    });
    Outcome::Done
}

/// Until the lead has found one or looks away, the app locks, or the session is over.
async fn keep_listening(core: Arc<Core>) {
    tokio::select! {
        () = listen(&core) => {}
        // The last that this task does.
        () = nobody_looks(&core) => {
            stop_finding(&core);
        }
    }
}

async fn nobody_looks(core: &Core) {
    // The engine has its views as long as it is there.
    let _ = core.views().wait_for(|view| view.install.is_none()).await;
}

async fn listen(core: &Core) {
    loop {
        match core.radio.scan(scan_filter(core.families)).await {
            Ok(mut sightings) => {
                while let Some(sighting) = sightings.recv().await {
                    note(core, &sighting);
                }
            }
            Err(error) => tracing::debug!(%error, "not listening"),
        }
        sleep(AGAIN).await;
    }
}

/// A lock keeps its place in the list, so that it is not moved away under the finger.
fn note(core: &Core, sighting: &Sighting) {
    let installable = core.families.iter().find_map(|family| {
        let found = family.install()?.found(&heard(sighting))?;
        Some((*family, found))
    });
    let Some((family, found)) = installable else { return };
    let lock = FoundLock {
        device: sighting.device.clone(),
        address: sighting.address.clone().unwrap_or_default(),
        family,
        found,
        near: sighting.rssi.is_some_and(|rssi| rssi >= NEAR),
        at: Instant::now(),
    };
    core.show(|live| {
        let list = &mut live.install.found;
        list.retain(|known| known.at.elapsed() < FRESH);
        match list.iter_mut().find(|known| known.device == lock.device) {
            Some(known) => *known = lock,
            None => list.push(lock),
        }
    });
}
