//! What is asked of a lock's list of authorizations, and what comes of it (8.9).

use terskel_model::Timestamp;

use crate::nuki::message::Entry;
use crate::nuki::{Credential, Limits};

/// What can be asked. Each is answered by exactly one event, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizationCommand {
    /// Lets somebody in, without their phone being near.
    Invite {
        /// Their name in the lock's list and log, up to 32 bytes.
        name: String,
        /// When they may; `None`: always.
        limits: Option<Limits>,
    },
    /// Sets all of these: list first, to know what is to stay.
    Update {
        /// Which.
        authorization_id: u32,
        /// Their name.
        name: String,
        /// May it be used?
        enabled: bool,
        /// May it be used from afar, over a bridge?
        remote: bool,
        /// When; `None`: always.
        limits: Option<Limits>,
    },
    /// Forgets an authorization.
    Remove(u32),
    /// Tells all there are.
    List,
    /// End politely.
    Close,
}

/// An authorization, as the lock tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Which.
    pub authorization_id: u32,
    /// 0 app, 1 bridge, 2 fob, 3 keypad; others from newer locks.
    pub kind: u8,
    /// Its name.
    pub name: String,
    /// May it be used?
    pub enabled: bool,
    /// May it be used from afar, over a bridge?
    pub remote: bool,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last used.
    pub last_active: Option<Timestamp>,
    /// When it may be used; `None`: always.
    pub limits: Option<Limits>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizationEvent {
    /// Somebody is let in: to be given to them over a protected channel. Their phone needs no pairing.
    Invited(Credential),
    /// The authorization is as asked.
    Updated(u32),
    /// The authorization is forgotten.
    Removed(u32),
    /// All there are, the asker's own first.
    Listed(Vec<Authorization>),
    /// It came to nothing, or nobody knows.
    Failed {
        /// Why.
        problem: AuthorizationProblem,
        /// For the log. Never a secret.
        detail: String,
    },
    /// The session is over. No more events.
    Ended,
}

/// Why nothing came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationProblem {
    /// The credential has no PIN.
    NoPin,
    /// The PIN is wrong. Not tried again by itself.
    WrongPin,
    /// The PIN was wrong too often; the lock takes none for a while.
    TooManyPins,
    /// There is no such authorization: list them again.
    NotThere,
    /// The lock has no room for another.
    Full,
    /// The lock does not know the asker's key.
    KeyRejected,
    /// The lock refused with another error, or did not follow the protocol.
    LockError,
    /// Never sent: the link broke, or the lock fell silent before.
    NotSent,
    /// Sent, and no answer came: list the authorizations to know.
    Interrupted,
}

impl From<Entry> for Authorization {
    fn from(entry: Entry) -> Self {
        Self {
            authorization_id: entry.id,
            kind: entry.kind,
            name: entry.name,
            enabled: entry.enabled,
            remote: entry.remote,
            created: entry.created.timestamp(),
            last_active: entry.last_active.timestamp(),
            limits: entry.limits,
        }
    }
}
