//! The doors and the hub that can be asked now.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use terskel_keys::receipt::Direction;
use terskel_model::door::Operation;
use terskel_model::{DispatchId, DoorId};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::interface::{DoorResult, Problem};

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
#[derive(Default)]
pub(crate) struct VisitDesk(Mutex<Option<Keepers>>);

impl VisitDesk {
    pub(super) fn set(&self, keepers: Option<Keepers>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = keepers;
    }

    /// Lets go of everything.
    pub(crate) fn clear(&self) {
        self.set(None);
    }

    pub(super) fn door(&self, dispatch: DispatchId, door: DoorId) -> Option<mpsc::Sender<DoorOrder>> {
        self.with(dispatch, |keepers| keepers.doors.get(&door).cloned())
    }

    pub(super) fn hub(&self, dispatch: DispatchId) -> Option<mpsc::Sender<HubOrder>> {
        self.with(dispatch, |keepers| keepers.hub.clone())
    }

    fn with<T>(&self, dispatch: DispatchId, get: impl FnOnce(&Keepers) -> Option<T>) -> Option<T> {
        let keepers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keepers.as_ref().filter(|k| k.dispatch == dispatch).and_then(get)
    }
}
