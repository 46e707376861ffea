//! What a lead sees of installing locks: a pure function.

use terskel_model::WorkerId;

use crate::install::{FoundLock, InstallLive, shown};
use crate::interface::{FoundLockView, InstallView, PendingInstallView};
use crate::store::{InstallationFacts, Snapshot};

/// `None` for whoever leads no team.
pub(super) fn build(snapshot: &Snapshot, live: &InstallLive) -> Option<InstallView> {
    let session = snapshot.session.as_ref().filter(|session| session.leads)?;
    let mut found: Vec<_> = live.found.iter().map(found).collect();
    // The near ones first, else in the order in which they were heard.
    found.sort_by_key(|lock| !lock.near);
    Some(InstallView {
        looking: live.looking,
        found,
        working: live.working.map(str::to_owned),
        pending: snapshot.installation.as_ref().map(|facts| pending(facts, session.worker)),
        installed: live.installed.clone(),
    })
}

fn found(lock: &FoundLock) -> FoundLockView {
    FoundLockView {
        device: lock.device.0.clone(),
        family: lock.family.name().to_owned(),
        device_id: lock.found.device_id.clone(),
        near: lock.near,
        asks: lock.found.asks.as_str().to_owned(),
        ready: lock.found.ready,
        latch: lock.found.latch,
    }
}

/// What another lead has proven is to be proven again by this one.
fn pending(facts: &InstallationFacts, worker: WorkerId) -> PendingInstallView {
    let (opened, locked) = facts.proven_by(worker);
    PendingInstallView {
        home: facts.place.home.clone(),
        door_name: facts.place.name.clone(),
        family: facts.lock.family.as_str().to_owned(),
        device_id: facts.lock.device_id.clone(),
        opened: opened.is_some(),
        locked: locked.is_some(),
        last: facts.last.as_ref().map(|(operation, operated)| shown(operation, operated)),
        refused: facts.refused.clone(),
    }
}
