//! 0x0009 Request Authorization Entries, phone (8.9): offset 2, count 2, type filter 0 or 1; then challenge and PIN.
//! 0x0027 Authorization Entry Count, lock: 2.

use super::id;
use super::reader::Reader;
use crate::nuki::frame::Message;

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestEntries {
    pub(crate) offset: u16,
    pub(crate) count: u16,
    /// Only of this type; newer locks alone take it.
    pub(crate) kind: Option<u8>,
}

impl RequestEntries {
    pub(crate) fn encode(self) -> Message {
        let mut payload = [self.offset, self.count].map(u16::to_le_bytes).concat();
        payload.extend(self.kind);
        Message::new(id::REQUEST_ENTRIES, payload)
    }

    /// Exactly 4 or 5 bytes.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let (offset, count, kind) = (reader.u16()?, reader.u16()?, reader.u8());
        reader.0.is_empty().then_some(Self { offset, count, kind })
    }
}

/// How many entries there are.
pub(crate) fn count(count: u16) -> Message {
    Message::new(id::ENTRY_COUNT, count.to_le_bytes())
}
