//! Digital keys for a shift: for all doors that a worker may open now.

use serde::{Deserialize, Serialize};
use terskel_model::digital_key::KeyWanting;
use terskel_model::{BreakGlassId, DispatchId, DoorId, KeyId, LockId, PermissionId};

use crate::Bytes;
use crate::continuity::Continuity;
use crate::dispatch::{Door, Hub, Resident};

/// What a phone needs for its shift: keys, the homes they open, and what to do when something does not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyBundle {
    /// Changes with anything else in here. A phone that has this version is answered 204 (`?known=VERSION`).
    #[serde(default)]
    pub version: String,
    /// The plan of the team on shift.
    #[serde(default)]
    pub continuity: Continuity,
    /// The homes, by address.
    pub homes: Vec<KeyHome>,
    /// A key for each lock that this worker may open or lock now: the same one as before as long as it lasts as long as a
    /// new one would.
    pub keys: Vec<ShiftKey>,
    /// Doors that this worker may open, and that there is no key for all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<DoorWithoutKey>,
}

/// A door that a worker may open, without a key for its lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoorWithoutKey {
    /// The door.
    pub door: DoorId,
    /// The lock in it.
    pub lock: LockId,
    /// What stands in the way; asking again may help.
    pub reason: KeyWanting,
}

/// A home as a phone has it for its shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyHome {
    /// Who lives there.
    pub resident: Resident,
    /// The doors in the order one comes to them; in a [`KeyBundle`] those that there is a key for, or should be one. Codes and
    /// metal keys are not among what a permission gives.
    pub doors: Vec<Door>,
    /// The hub in the home, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<Hub>,
}

/// A digital key for one lock, for this phone alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShiftKey {
    /// The key.
    pub id: KeyId,
    /// The lock it is for.
    pub lock: LockId,
    /// The door the lock is in.
    pub door: DoorId,
    /// By this permission.
    pub permission: Option<PermissionId>,
    /// On this dispatch.
    pub dispatch: Option<DispatchId>,
    /// The glass was broken.
    pub break_glass: Option<BreakGlassId>,
    /// It opens its door once: the phone does not use it again for opening.
    pub once: bool,
    /// CWT in COSE_Sign1 (`keys::digital_key`).
    pub key: Bytes,
}
