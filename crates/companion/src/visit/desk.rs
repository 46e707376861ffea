//! The doors and the hub that can be asked now.

use std::collections::HashMap;
use std::time::Duration;

use terskel_keys::receipt::Direction;
use terskel_model::door::Operation;
use terskel_model::{DispatchId, DoorId};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::interface::{DoorResult, Problem};

/// A visit that has been begun has its keepers in a moment: the worker may be faster than that.
const BEGINS_WITHIN: Duration = Duration::from_secs(2);

/// To a lock's keeper.
pub(super) struct DoorOrder {
    pub(super) operation: Operation,
    pub(super) answer: oneshot::Sender<Result<DoorResult, Problem>>,
}

/// To the hub's keeper.
pub(super) struct HubOrder {
    pub(super) direction: Direction,
    pub(super) answer: oneshot::Sender<Result<(), Problem>>,
}

/// Mailboxes of the keepers of one visit. Dropping it lets the keepers finish what they do and end.
pub(super) struct Keepers {
    pub(super) dispatch: DispatchId,
    pub(super) doors: HashMap<DoorId, mpsc::Sender<DoorOrder>>,
    pub(super) hub: Option<mpsc::Sender<HubOrder>>,
    /// Scanning and key fetching: of no use without the visit.
    pub(super) _helpers: Vec<AbortOnDrop>,
}

/// A task that ends with its owner.
pub(crate) struct AbortOnDrop(pub(crate) JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The keepers of the visit that is going on, if one is.
pub(crate) struct VisitDesk(watch::Sender<Option<Keepers>>);

impl Default for VisitDesk {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl VisitDesk {
    pub(super) fn set(&self, keepers: Option<Keepers>) {
        self.0.send_replace(keepers);
    }

    /// Lets go of everything.
    pub(crate) fn clear(&self) {
        self.set(None);
    }

    /// Waits for the keepers of a visit that goes on.
    pub(super) async fn begun(&self, dispatch: DispatchId) {
        let mut desk = self.0.subscribe();
        let there = desk.wait_for(|keepers| keepers.as_ref().is_some_and(|k| k.dispatch == dispatch));
        tokio::time::timeout(BEGINS_WITHIN, there).await.ok();
    }

    pub(super) fn door(&self, dispatch: DispatchId, door: DoorId) -> Option<mpsc::Sender<DoorOrder>> {
        self.with(dispatch, |keepers| keepers.doors.get(&door).cloned())
    }

    pub(super) fn hub(&self, dispatch: DispatchId) -> Option<mpsc::Sender<HubOrder>> {
        self.with(dispatch, |keepers| keepers.hub.clone())
    }

    fn with<T>(&self, dispatch: DispatchId, get: impl FnOnce(&Keepers) -> Option<T>) -> Option<T> {
        self.0.borrow().as_ref().filter(|k| k.dispatch == dispatch).and_then(get)
    }
}

#[cfg(test)]
mod tests {
    use terskel_model::world::ManualWorld;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_is_quicker_than_the_keepers_waits_for_them_and_not_for_ever() {
        let world = ManualWorld::new(terskel_model::Timestamp::UNIX_EPOCH, 1);
        let (visit, other) = (DispatchId::new(&world), DispatchId::new(&world));
        let desk = VisitDesk::default();
        let keepers = |dispatch| Keepers { dispatch, doors: HashMap::new(), hub: None, _helpers: Vec::new() };
        let begin = async {
            desk.set(Some(keepers(other)));
            tokio::time::sleep(Duration::from_millis(20)).await;
            desk.set(Some(keepers(visit)));
        };
        let before = Instant::now();
        tokio::join!(desk.begun(visit), begin);
        assert_eq!(before.elapsed(), Duration::from_millis(20));
        assert!(desk.with(visit, |_| Some(())).is_some());

        desk.clear();
        let before = Instant::now();
        desk.begun(visit).await;
        assert_eq!(before.elapsed(), BEGINS_WITHIN);
    }
}
