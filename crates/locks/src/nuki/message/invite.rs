//! An authorization for somebody else (8.9).
//!
//! 0x000B Authorization Data (Invite), phone; then challenge and PIN:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 32 | name |
//! | 32 | 1 | type: 0 app |
//! | 33 | 32 | shared key, made by the inviter |
//! | 65 | 1 | remote allowed |
//! | 66 | 1 | time limited |
//! | 67 | 19 | limits; zeros where not limited |
//!
//! 0x001F Authorization-ID (Invite), lock: authorization id 4, creation date-time 7.

use super::reader::Reader;
use super::{DateTime, Limits, id, text};
use crate::nuki::crypto::SharedKey;
use crate::nuki::frame::Message;

/// Who is to be let in.
#[derive(Clone)]
pub(crate) struct Invite {
    pub(crate) name: String,
    pub(crate) kind: u8,
    pub(crate) key: SharedKey,
    pub(crate) remote: bool,
    pub(crate) limits: Option<Limits>,
}

impl Invite {
    pub(crate) fn encode(&self) -> Message {
        let mut payload = Vec::with_capacity(86 + 32 + 4);
        payload.extend(text::encode::<32>(&self.name));
        payload.push(self.kind);
        payload.extend(self.key.bytes());
        payload.extend([u8::from(self.remote), u8::from(self.limits.is_some())]);
        payload.extend(self.limits.unwrap_or_default().encode());
        Message::new(id::INVITE, payload)
    }

    /// Exactly 86 bytes.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let name = text::decode(&reader.array::<32>()?);
        let kind = reader.u8()?;
        let key = SharedKey::new(&reader.array()?);
        let [remote, limited] = reader.array()?;
        let limits = Limits::read(&mut reader)?;
        let limits = (limited != 0).then_some(limits);
        reader.0.is_empty().then_some(Self { name, kind, key, remote: remote != 0, limits })
    }
}

/// Under which id they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Invited {
    pub(crate) id: u32,
    pub(crate) created: DateTime,
}

impl Invited {
    pub(crate) fn encode(self) -> Message {
        Message::new(id::INVITED, [&self.id.to_le_bytes()[..], &self.created.0].concat())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        Some(Self { id: reader.u32()?, created: DateTime(reader.array()?) })
    }
}
