//! What can go wrong, as a small set of codes. The user interface words each in the worker's language, with what to
//! do now.

use serde::{Deserialize, Serialize};

/// Why an intent did not go through. Nothing that was recorded before is lost by any of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "problem", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[error("{self:?}")]
pub enum Problem {
    /// A field of the input can't be used.
    Invalid {
        /// Its name in the intent.
        field: String,
    },
    /// The phone is not enrolled with a station.
    NotEnrolled,
    /// The one-time code is wrong, used or too old.
    CodeInvalid,
    /// The station does not know this phone any longer: it must be enrolled again.
    PhoneUnknown,
    /// Staff number or PIN is wrong.
    WrongPin,
    /// Too many wrong PINs.
    LockedOut {
        /// Wait this long.
        seconds: u32,
    },
    /// The worker has no shift now.
    NotOnShift,
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// The app is locked.
    Locked,
    /// No code was chosen that could unlock the app: only a sign-in does.
    CodeWanted,
    /// The code is the PIN, or one that everybody tries first.
    CodeTooSimple,
    /// The code does not unlock the app.
    WrongCode {
        /// So many tries are left before keys and residents are wiped.
        left: u32,
    },
    /// No answer from the station.
    NoNetwork,
    /// The station could not do it now; try again.
    StationFailed,
    /// The station said no, for good.
    Refused {
        /// Its problem code.
        code: String,
    },
    /// Somebody else was first.
    AlreadyAccepted {
        /// Who.
        by: Option<String>,
    },
    /// The dispatch is over.
    DispatchClosed,
    /// There is no such dispatch, door or hub here.
    NotFound,
    /// The phone has one visit at a time; finish the one that is open.
    VisitOpen,
    /// The door or hub is busy with what was asked before.
    Busy,
    /// Bluetooth is off on the phone.
    BluetoothOff,
    /// The phone has no Bluetooth adapter, or it is gone.
    BluetoothGone,
    /// The hub was not seen.
    HubNotFound,
    /// The hub was seen, and the connection failed or broke. Trying again is safe.
    HubNoAnswer,
    /// The hub refused.
    HubRefused {
        /// Its reason, in a code.
        reason: String,
    },
    /// What answered is not this home's hub.
    WrongHub,
    /// The lock did not let the phone in.
    NotPaired {
        /// A `locks::install::PairingProblem`, or why it could not be reached: a `model::door::DoorReason`.
        reason: String,
    },
    /// The worker leads no team.
    NotLead,
    /// The phone's own store failed.
    StoreFailed,
}
