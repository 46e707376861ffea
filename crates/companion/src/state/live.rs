//! What is true only now, and gone when the process ends.

use std::collections::HashMap;

use terskel_model::door::Operation;
use terskel_model::lock_report::LockWarning;
use terskel_model::{DoorId, Timestamp, Uptime};

use crate::access::AccessLive;
use crate::install::InstallLive;
use crate::interface::{BluetoothState, NetworkState, Problem, Reach};

/// The volatile half of the view.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) network: NetworkState,
    pub(crate) network_since: Timestamp,
    pub(crate) bluetooth: BluetoothState,
    pub(crate) doors: HashMap<DoorId, DoorLive>,
    pub(crate) hub: HubLive,
    pub(crate) install: InstallLive,
    /// What a lead looks at.
    pub(crate) access: Option<AccessLive>,
    /// The app is locked.
    pub(crate) locked: bool,
    /// When the screen was touched last.
    pub(crate) touched: Uptime,
}

/// A door now.
#[derive(Clone, Debug)]
pub(crate) struct DoorLive {
    pub(crate) reach: Reach,
    pub(crate) rssi: Option<i16>,
    pub(crate) working: Option<Operation>,
    /// The motor runs.
    pub(crate) moving: bool,
    pub(crate) warning: Option<LockWarning>,
}

impl Default for DoorLive {
    fn default() -> Self {
        Self { reach: Reach::Idle, rssi: None, working: None, moving: false, warning: None }
    }
}

/// The hub now.
#[derive(Clone, Debug)]
pub(crate) struct HubLive {
    pub(crate) reach: Reach,
    pub(crate) working: bool,
    pub(crate) problem: Option<Problem>,
}

impl Default for HubLive {
    fn default() -> Self {
        Self { reach: Reach::Idle, working: false, problem: None }
    }
}

impl Live {
    pub(crate) fn new(now: Timestamp, touched: Uptime, locked: bool) -> Self {
        Self {
            network: NetworkState::Idle,
            network_since: now,
            bluetooth: BluetoothState::Absent,
            doors: HashMap::new(),
            hub: HubLive::default(),
            install: InstallLive::default(),
            access: None,
            locked,
            touched,
        }
    }

    /// Something is being asked of a lock or hub.
    pub(crate) fn is_working(&self) -> bool {
        self.hub.working || self.doors.values().any(|d| d.working.is_some())
    }
}
