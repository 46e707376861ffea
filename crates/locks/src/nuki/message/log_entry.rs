//! 0x0032 Log Entry, lock (8.12).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 4 | index |
//! | 4 | 7 | time |
//! | 11 | 4 | authorization id |
//! | 15 | 32 | name, with suffix |
//! | 47 | 1 | type |
//! | 48 | x | data by type; what firmware pads it with is ignored |

use terskel_model::door::Operation;

use super::reader::Reader;
use super::{DateTime, action, completion, id, text};
use crate::lock::LogEntry;
use crate::nuki::frame::Message;

/// Types of entries that something is known of.
pub(crate) mod kind {
    /// Data: 0 off, 1 on.
    pub(crate) const LOGGING: u8 = 1;
    /// Data: action, trigger, flags, completion status.
    pub(crate) const LOCK_ACTION: u8 = 2;
    /// Data as of a lock action.
    pub(crate) const CALIBRATION: u8 = 3;
    /// Data: action, source, completion status, code id 2.
    pub(crate) const KEYPAD: u8 = 5;
}

/// One line of the lock's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggedEntry {
    pub(crate) index: u32,
    pub(crate) time: DateTime,
    pub(crate) authorization: u32,
    pub(crate) name: String,
    pub(crate) kind: u8,
    pub(crate) data: Vec<u8>,
}

impl LoggedEntry {
    pub(crate) fn encode(&self) -> Message {
        let mut payload = self.index.to_le_bytes().to_vec();
        payload.extend(self.time.0);
        payload.extend(self.authorization.to_le_bytes());
        payload.extend(text::encode::<32>(&self.name));
        payload.push(self.kind);
        payload.extend(&self.data);
        Message::new(id::LOG_ENTRY, payload)
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        Some(Self {
            index: reader.u32()?,
            time: DateTime(reader.array()?),
            authorization: reader.u32()?,
            name: text::decode(&reader.array::<32>()?),
            kind: reader.u8()?,
            data: reader.0.to_vec(),
        })
    }

    /// As it is told to whoever asked with authorization `own`.
    pub(crate) fn tell(&self, own: u32) -> LogEntry {
        let (action, completed) = match (self.kind, self.data.as_slice()) {
            (kind::LOCK_ACTION, [action, _, _, completed, ..])
            | (kind::KEYPAD, [action, _, completed, ..]) => (*action, *completed == completion::SUCCESS),
            (kind::LOCK_ACTION | kind::KEYPAD, _) => (action::NONE, false),
            _ => (action::NONE, true),
        };
        LogEntry {
            index: self.index,
            at: self.time.timestamp(),
            by: self.name.clone(),
            operation: operation(action),
            ours: self.authorization == own,
            done: completed,
        }
    }
}

/// Lock 'n' go opens first; that it locks by itself later is the lock's doing.
fn operation(action: u8) -> Option<Operation> {
    match action {
        action::UNLOCK | action::UNLATCH | action::LOCK_N_GO | action::LOCK_N_GO_UNLATCH => {
            Some(Operation::Open)
        }
        action::LOCK | action::FULL_LOCK => Some(Operation::Lock),
        _ => None,
    }
}
