//! 0x0025 Update Authorization Entry, phone (8.9). It replaces all of these; then challenge and PIN.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 4 | authorization id |
//! | 4 | 32 | name |
//! | 36 | 1 | enabled |
//! | 37 | 1 | remote allowed |
//! | 38 | 1 | time limited |
//! | 39 | 19 | limits; always there |

use super::reader::Reader;
use super::{Limits, id, text};
use crate::nuki::frame::Message;

/// What an authorization is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UpdateEntry {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) remote: bool,
    pub(crate) limits: Option<Limits>,
}

impl UpdateEntry {
    pub(crate) fn encode(&self) -> Message {
        let mut payload = self.id.to_le_bytes().to_vec();
        payload.extend(text::encode::<32>(&self.name));
        payload.extend([self.enabled, self.remote, self.limits.is_some()].map(u8::from));
        payload.extend(self.limits.unwrap_or_default().encode());
        Message::new(id::UPDATE_ENTRY, payload)
    }

    /// Exactly 58 bytes.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let id = reader.u32()?;
        let name = text::decode(&reader.array::<32>()?);
        let [enabled, remote, limited] = reader.array()?.map(|flag: u8| flag != 0);
        let limits = Limits::read(&mut reader)?;
        let limits = limited.then_some(limits);
        reader.0.is_empty().then_some(Self { id, name, enabled, remote, limits })
    }
}
