//! What a lead sees and says while a lock is being installed.

use serde::{Deserialize, Serialize};
use terskel_model::{DoorId, ResidentId};

use super::DoorResult;

/// Installing locks, for a worker who leads a team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct InstallView {
    /// The phone listens for locks.
    pub looking: bool,
    /// Locks that were heard, the near ones first.
    pub found: Vec<FoundLockView>,
    /// What is under way: `pair`, `open` or `lock`.
    pub working: Option<String>,
    /// The lock that has let the phone in, until the station has it.
    pub pending: Option<PendingInstallView>,
    /// The door whose lock the station has just got.
    pub installed: Option<String>,
}

/// A lock that was heard, of a make that can be installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FoundLockView {
    /// For the intent that pairs with it.
    pub device: String,
    /// Its family.
    pub family: String,
    /// The id that it tells, as it stands on its card or in its vendor's app.
    pub device_id: String,
    /// It is within a few steps.
    pub near: bool,
    /// What the lead must type: a `locks::install::Asks`.
    pub asks: String,
    /// It takes a new phone now.
    pub ready: bool,
    /// It can pull the latch of its door: whether the door has a knob outside must be said.
    pub latch: bool,
}

/// The lock that has let the phone in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PendingInstallView {
    /// The home's address; gone with the shift.
    pub home: Option<String>,
    /// The door.
    pub door_name: String,
    /// Its family.
    pub family: String,
    /// The id that it tells.
    pub device_id: String,
    /// It has opened.
    pub opened: bool,
    /// It has locked after that: the station gets it now, or as soon as there is network.
    pub locked: bool,
    /// The last test.
    pub last: Option<DoorResult>,
    /// The station does not take it: a problem code.
    pub refused: Option<String>,
}

/// A door for a lock: exactly one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "door", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum DoorInput {
    /// One of the home's.
    Known {
        /// Which.
        id: DoorId,
    },
    /// One that the home does not have yet.
    New {
        /// A `model::door::DoorKind`.
        kind: String,
        /// Its name.
        name: String,
        /// How many doors one passes before it.
        position: u32,
    },
}

/// A home of the lead's team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TeamHome {
    /// Whose.
    pub resident: ResidentId,
    /// First and last name.
    pub name: String,
    /// Street and number.
    pub address: String,
    /// Town.
    pub town: String,
    /// The doors, from the street.
    pub doors: Vec<TeamDoor>,
}

/// A door of such a home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TeamDoor {
    /// The door.
    pub id: DoorId,
    /// Its name.
    pub name: String,
    /// A `model::door::DoorKind`.
    pub kind: String,
    /// There is a lock in it: a new one replaces it.
    pub has_lock: bool,
}
