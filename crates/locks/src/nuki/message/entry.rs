//! 0x000A Authorization Entry, lock (8.9).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 4 | authorization id |
//! | 4 | 1 | type |
//! | 5 | 32 | name |
//! | 37 | 1 | enabled |
//! | 38 | 1 | remote allowed |
//! | 39 | 7 | created |
//! | 46 | 7 | last active |
//! | 53 | 2 | lock count |
//! | 55 | 1 | time limited |
//! | 56 | 0 or 19 | limits; some senders always append them |

use super::reader::Reader;
use super::{DateTime, Limits, id, text};
use crate::nuki::frame::Message;

/// An authorization, as the lock tells of it. Never with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: u32,
    pub(crate) kind: u8,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) remote: bool,
    pub(crate) created: DateTime,
    pub(crate) last_active: DateTime,
    pub(crate) lock_count: u16,
    pub(crate) limits: Option<Limits>,
}

impl Entry {
    pub(crate) fn encode(&self) -> Message {
        let mut payload = self.id.to_le_bytes().to_vec();
        payload.push(self.kind);
        payload.extend(text::encode::<32>(&self.name));
        payload.extend([u8::from(self.enabled), u8::from(self.remote)]);
        payload.extend(self.created.0);
        payload.extend(self.last_active.0);
        payload.extend(self.lock_count.to_le_bytes());
        payload.push(u8::from(self.limits.is_some()));
        payload.extend(self.limits.map(|limits| limits.encode()).iter().flatten());
        Message::new(id::ENTRY, payload)
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        let (id, kind) = (reader.u32()?, reader.u8()?);
        let name = text::decode(&reader.array::<32>()?);
        let [enabled, remote] = reader.array()?;
        let (created, last_active) = (DateTime(reader.array()?), DateTime(reader.array()?));
        let (lock_count, limited) = (reader.u16()?, reader.u8()?);
        let limits = if limited == 0 { None } else { Some(Limits::read(&mut reader)?) };
        Some(Self {
            id,
            kind,
            name,
            enabled: enabled != 0,
            remote: remote != 0,
            created,
            last_active,
            lock_count,
            limits,
        })
    }
}
