//! What all lock families have in common for whoever opens a door.

use terskel_model::door::{DoorOutcome, DoorReason, Operation};

/// What can be asked of a lock session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockCommand {
    /// Unlock or lock. May be asked before the session is ready: it is sent as soon as it is. Sent at most once:
    /// a second one while the first has no outcome is refused.
    Operate(Operation),
    /// End politely.
    Close,
}

/// What a lock session tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockEvent {
    /// Authenticated, and nothing else is under way: an operation costs one round trip now. Told at most once, and
    /// earlier where an operation is asked already: it goes out as soon as it can.
    Ready(LockDescription),
    /// The lock told its state, asked or not.
    State(LockState),
    /// What came of the operation. Exactly one for each [`LockCommand::Operate`].
    Outcome {
        /// What was asked.
        operation: Operation,
        /// What came of it.
        outcome: DoorOutcome,
        /// Why, unless it went well.
        reason: Option<DoorReason>,
        /// The family's own code or the step that failed, for the log. Never a secret.
        detail: Option<String>,
    },
    /// The session is over. No more events.
    Ended {
        /// Why, if not because the phone wanted it so.
        reason: Option<DoorReason>,
        /// For the log. Never a secret.
        detail: Option<String>,
    },
}

/// What a lock tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockDescription {
    /// Its own id, in the family's way of writing.
    pub device_id: String,
    /// The name it was given at installation.
    pub name: String,
    /// Firmware version.
    pub firmware: String,
}

/// What is known of the mechanism. `None`: the lock has not said, or does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockState {
    /// Is the bolt thrown?
    pub locked: Option<bool>,
    /// Does the door stand open?
    pub door_open: Option<bool>,
    /// Battery, 0–100 %.
    pub battery_percent: Option<u8>,
    /// Has the lock reported a stuck mechanism in this session?
    pub jammed: bool,
}
