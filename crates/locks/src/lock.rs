//! What all lock families have in common for whoever opens a door.

use terskel_model::Timestamp;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};

/// What can be asked of a lock session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockCommand {
    /// Unlock or lock. May be asked before the session is ready: it is sent as soon as it is. Sent at most once:
    /// a second one while the first has no outcome is refused.
    Operate(Operation),
    /// Bring the lock's own log home: its newest entries after the one with this index, 50 at most. Done when nothing
    /// else is asked; a family that has no log, or a key that may not read it, answers [`LockEvent::Log`] with
    /// nothing.
    ReadLog {
        /// The last index that is known; 0: none.
        after: u32,
    },
    /// Bring the lock's own list of who may come in to what the session's secret says of it. Done when nothing else is
    /// asked, and only what is not done already; a family that has no such list, or a secret that asks for nothing, answers
    /// [`LockEvent::Entries`] with nothing.
    KeepEntries,
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
    /// The lock took the command and its motor runs; the outcome follows.
    Moving(Operation),
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
    /// How far the lock's clock is off, measured at the midpoint of the question and the answer.
    Clock {
        /// Milliseconds by which the lock is ahead of the phone; negative: behind. `None`: it has lost the time.
        ahead_ms: Option<i64>,
        /// The phone has set it right.
        corrected: bool,
    },
    /// The lock showed a certificate that nobody has vouched for yet. The same lock must show the same from now on.
    FirstSeen {
        /// SHA-256 of its public key (SubjectPublicKeyInfo).
        fingerprint: [u8; 32],
    },
    /// The lock's own log, oldest first, as it was asked for.
    Log(Vec<LogEntry>),
    /// Entries of the lock's list that are as they should be now. The others are for another visit.
    Entries(Vec<KeptEntry>),
    /// The session is over. No more events.
    Ended {
        /// Why, if not because the phone wanted it so.
        reason: Option<DoorReason>,
        /// For the log. Never a secret.
        detail: Option<String>,
    },
}

/// An entry of a lock's list of who may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEntry {
    /// Its name in the list.
    pub name: String,
    /// The id under which the lock knows it; `None`: it is not there.
    pub id: Option<u32>,
    /// Until when the lock takes it.
    pub until: Option<Timestamp>,
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
    /// It says something of itself that this driver was not written for, a newer version of its protocol, say. The
    /// driver goes on as well as it can.
    pub unfamiliar: bool,
    /// To open, the latch of its door is pulled too; `None` for a make that knows no such thing.
    pub pulls_latch: Option<bool>,
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
    /// The lock itself calls its battery critical.
    pub battery_critical: bool,
    /// Has the lock reported a stuck mechanism in this session?
    pub jammed: bool,
    /// Does it know where its bolt ends? A lock that does not may do anything when it is told to move.
    pub calibrated: Option<bool>,
}

/// One entry of a lock's own log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Grows with each entry, never used again.
    pub index: u32,
    /// By the lock's own clock; `None`: it did not know the time.
    pub at: Option<Timestamp>,
    /// Who did it, as the lock knows them.
    pub by: String,
    /// With the credential of this session: not by a key, a knob, a button or another phone's credential.
    pub ours: bool,
    /// What was done; `None` for entries about anything but the bolt.
    pub operation: Option<Operation>,
    /// Did it go well?
    pub done: bool,
}
