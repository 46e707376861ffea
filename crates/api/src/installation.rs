//! A lock that has been installed at a home.

use serde::{Deserialize, Serialize};
use terskel_model::door::DoorKind;
use terskel_model::{DoorId, EventId, ResidentId};

use crate::admin::NewLock;

/// A lock that a lead's phone was let into, and that has opened and locked for it. Sent again it is the same one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Installation {
    /// Whose home, of the lead's own team.
    pub resident: ResidentId,
    /// The door that it is in: one of the home's, or a new one. A lock that was in it before is replaced.
    pub door: DoorId,
    /// The door is new. Its id is chosen by the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_door: Option<NewDoorPlace>,
    /// The lock with its secret.
    pub lock: NewLock,
    /// The event of this phone by which it has opened.
    pub opened: EventId,
    /// The event of this phone by which it has locked.
    pub locked: EventId,
}

/// A door that the home did not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDoorPlace {
    /// Which.
    pub kind: DoorKind,
    /// 1–200 characters.
    pub name: String,
    /// How many doors one passes before it. More than there are: the last.
    pub position: u32,
}
