//! Starts the tasks of a visit when it begins, and lets them go when it ends.

use std::collections::HashMap;
use std::sync::Arc;

use terskel_api::dispatch::Dispatch;
use terskel_model::DispatchId;
use terskel_radio::Sighting;
use tokio::sync::{mpsc, watch};

use super::desk::{AbortOnDrop, Keepers};
use super::door::DoorKeeper;
use super::hub::HubKeeper;
use super::scan::{Seen, Target, keep_looking};
use super::{family, keys};
use crate::state::{Core, HubLive};
use crate::store::Snapshot;

/// Runs until the engine ends.
pub(crate) async fn supervise(core: Arc<Core>) {
    let mut facts = core.facts();
    let mut running: Option<DispatchId> = None;
    loop {
        let snapshot = facts.borrow_and_update().clone();
        let visit = visit_to_run(&snapshot);
        let id = visit.map(|d| d.id);
        if id != running {
            core.visit.clear();
            core.show(|live| {
                live.doors.clear();
                live.hub = HubLive::default();
            });
            core.visit.set(visit.map(|dispatch| start(&core, dispatch)));
            running = id;
        }
        if facts.changed().await.is_err() {
            return;
        }
    }
}

/// Lets whoever is quicker than [`supervise`] wait for the visit that they have just begun.
pub(super) async fn begun(core: &Core, dispatch: DispatchId) {
    if visit_to_run(&core.snapshot()).is_some_and(|d| d.id == dispatch) {
        core.visit.begun(dispatch).await;
    }
}

fn visit_to_run(snapshot: &Snapshot) -> Option<&Dispatch> {
    snapshot.session.as_ref()?;
    snapshot.open_visit().map(|(_, dispatch)| dispatch).filter(|d| d.details.is_some())
}

fn start(core: &Arc<Core>, dispatch: &Dispatch) -> Keepers {
    let mut targets = Vec::new();
    let mut doors = HashMap::new();
    let mut hub = None;
    if let Some(details) = &dispatch.details {
        for door in &details.doors {
            let Some(lock) = &door.lock else { continue };
            let (sender, seen) = watch::channel(None::<Seen>);
            let (orders, inbox) = mpsc::channel(1);
            let wanted = lock.clone();
            let families = core.families;
            let matches = Box::new(move |s: &Sighting| family::is_lock(families, &wanted, s));
            targets.push(Target { matches, seen: sender });
            doors.insert(door.id, orders);
            tokio::spawn(
                DoorKeeper::new(core.clone(), dispatch.id, door.id, lock.clone(), seen, inbox).run(),
            );
        }
        if let Some(wanted) = details.hub.clone() {
            let (sender, seen) = watch::channel(None::<Seen>);
            let (orders, inbox) = mpsc::channel(1);
            let it = wanted.clone();
            targets.push(Target { matches: Box::new(move |s| family::is_hub(&it, s)), seen: sender });
            hub = Some(orders);
            tokio::spawn(HubKeeper::new(core.clone(), dispatch.id, wanted, seen, inbox).run());
        }
    }
    let _helpers = vec![
        AbortOnDrop(tokio::spawn(keep_looking(
            core.radio.clone(),
            family::scan_filter(core.families),
            targets,
        ))),
        AbortOnDrop(tokio::spawn(keys::keep_keys(core.clone(), dispatch.id))),
    ];
    Keepers { dispatch: dispatch.id, doors, hub, _helpers }
}
