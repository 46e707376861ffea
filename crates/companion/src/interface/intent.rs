//! What a worker wants.

use serde::{Deserialize, Serialize};
use terskel_model::{DispatchId, DoorId, EventId, PermissionId, PhoneId, ResidentId, Timestamp, WorkerId};

use super::DoorInput;

/// Something the worker wants done. Each ends with an [`Outcome`] or a [`super::Problem`].
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "intent", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Intent {
    /// Make this phone known to a station, by a one-time code.
    Enrol {
        /// `https://station.example`; plain `http` only for a loopback address.
        station_url: String,
        /// The code, with or without the dash.
        code: String,
        /// What people call the phone.
        phone_name: String,
    },
    /// Sign in for the shift.
    SignIn {
        /// The number on the staff card.
        staff_number: String,
        /// The PIN.
        pin: String,
    },
    /// Choose what unlocks the app in this shift.
    ChooseUnlockCode {
        /// Four to eight digits; not the PIN.
        code: String,
    },
    /// Unlock the app.
    Unlock {
        /// The code that was chosen.
        code: String,
    },
    /// Lock the app now.
    Lock,
    /// Somebody touches the screen: it does not lock yet. Told a few times a minute at most.
    Touched,
    /// End the shift on this phone: keys and residents are wiped once everything is sent.
    SignOut,
    /// Take the dispatch.
    Accept {
        /// Which.
        dispatch: DispatchId,
    },
    /// Say no, with a reason.
    Decline {
        /// Which.
        dispatch: DispatchId,
        /// A `model::dispatch::DeclineReason`.
        reason: String,
    },
    /// Go to a home that the phone has keys of the shift for, without having been dispatched.
    VisitHome {
        /// Whose.
        resident: ResidentId,
        /// Somebody called the worker by telephone: the visit answers an alarm that the response centre has sent or will send.
        called: bool,
    },
    /// In an emergency, open a home of the own team without permission: keys for a quarter of an hour, told to lead and
    /// response centre.
    BreakGlass {
        /// The resident's number, exactly.
        resident_number: String,
        /// A `model::break_glass::BreakGlassReason`.
        reason: String,
        /// What is going on.
        text: String,
    },
    /// Open one door of the visit. Answers when the outcome is known.
    OpenDoor {
        /// The visit.
        dispatch: DispatchId,
        /// Which door.
        door: DoorId,
    },
    /// Lock one door of the visit. Answers when the outcome is known.
    LockDoor {
        /// The visit.
        dispatch: DispatchId,
        /// Which door.
        door: DoorId,
    },
    /// The door was passed without its lock.
    PassDoor {
        /// The visit.
        dispatch: DispatchId,
        /// Which door.
        door: DoorId,
        /// How: a `model::door::PassReason`.
        reason: String,
    },
    /// Show the code of a door's keypad. That it was looked at is written down first.
    ShowCode {
        /// The visit.
        dispatch: DispatchId,
        /// Which door.
        door: DoorId,
    },
    /// Check in at the hub in the home.
    CheckIn {
        /// The visit.
        dispatch: DispatchId,
    },
    /// Check out at the hub in the home.
    CheckOut {
        /// The visit.
        dispatch: DispatchId,
    },
    /// End the visit.
    CloseVisit {
        /// The visit.
        dispatch: DispatchId,
    },
    /// Listen for locks that can be installed.
    FindLocks,
    /// Listen no longer.
    StopFindingLocks,
    /// Let the phone into a lock that was found, to install it in a door. Answers when it is in, or not.
    PairLock {
        /// A `FoundLockView::device`.
        device: String,
        /// What was typed: activation code or PIN.
        code: String,
        /// Whose home.
        resident: ResidentId,
        /// Which door.
        place: DoorInput,
        /// The door has a knob outside, so that its latch must be pulled. Wanted where `FoundLockView::latch` says so.
        knob_outside: Option<bool>,
    },
    /// Open the lock that is being installed. Answers when the outcome is known.
    TestOpen,
    /// Lock it.
    TestLock,
    /// Give the installation up: the phone forgets the lock.
    GiveUpInstallation,
    /// Look at who can get into a home of the led team, and why. Answers when the station has.
    LookAtHome {
        /// Whose.
        resident: ResidentId,
    },
    /// Look at the phones of the led team.
    LookAtPhones,
    /// Look no longer: nothing of it stays on the phone.
    StopLooking,
    /// Let a worker into a home, from now on. Answers when the station has done it: it is never kept for later.
    GiveAccess {
        /// The same id is the same permission, however often it is sent.
        permission: PermissionId,
        /// Whose home.
        resident: ResidentId,
        /// Who.
        worker: WorkerId,
        /// Each door once; else as often as need be.
        once: bool,
        /// Not from then on.
        until: Timestamp,
    },
    /// Take a permission away. Answers when the station has done it; sent again it changes nothing.
    TakeAccessAway {
        /// Which.
        permission: PermissionId,
    },
    /// Report a phone of the team lost. Answers when the station has barred it; sent again it changes nothing.
    ReportPhoneLost {
        /// Which.
        phone: PhoneId,
    },
    /// The worker has read that the station refused an event for good.
    DismissRefusal {
        /// The event.
        event: EventId,
    },
}

/// Shows which intent, never a PIN or a code.
impl std::fmt::Debug for Intent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Enrol { .. } => "Enrol",
            Self::SignIn { .. } => "SignIn",
            Self::ChooseUnlockCode { .. } => "ChooseUnlockCode",
            Self::Unlock { .. } => "Unlock",
            Self::Lock => "Lock",
            Self::Touched => "Touched",
            Self::SignOut => "SignOut",
            Self::Accept { .. } => "Accept",
            Self::Decline { .. } => "Decline",
            Self::VisitHome { .. } => "VisitHome",
            Self::BreakGlass { .. } => "BreakGlass",
            Self::OpenDoor { .. } => "OpenDoor",
            Self::LockDoor { .. } => "LockDoor",
            Self::PassDoor { .. } => "PassDoor",
            Self::ShowCode { .. } => "ShowCode",
            Self::CheckIn { .. } => "CheckIn",
            Self::CheckOut { .. } => "CheckOut",
            Self::CloseVisit { .. } => "CloseVisit",
            Self::FindLocks => "FindLocks",
            Self::StopFindingLocks => "StopFindingLocks",
            Self::PairLock { .. } => "PairLock",
            Self::TestOpen => "TestOpen",
            Self::TestLock => "TestLock",
            Self::GiveUpInstallation => "GiveUpInstallation",
            Self::LookAtHome { .. } => "LookAtHome",
            Self::LookAtPhones => "LookAtPhones",
            Self::StopLooking => "StopLooking",
            Self::GiveAccess { .. } => "GiveAccess",
            Self::TakeAccessAway { .. } => "TakeAccessAway",
            Self::ReportPhoneLost { .. } => "ReportPhoneLost",
            Self::DismissRefusal { .. } => "DismissRefusal",
        })
    }
}

/// What came of an intent that went through.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Outcome {
    /// Done; the view shows it.
    Done,
    /// A lock was asked, and this came of it: also when it refused, also when nobody knows.
    Door {
        /// The attempt.
        result: super::DoorResult,
    },
    /// The code that was asked for.
    Code {
        /// As one types it.
        code: String,
    },
}

/// Shows what came of it, never a code.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done => f.write_str("Done"),
            Self::Door { result } => f.debug_struct("Door").field("result", result).finish(),
            Self::Code { .. } => f.write_str("Code"),
        }
    }
}
