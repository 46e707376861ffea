//! 0x0008 Remove Authorization Entry, phone (8.9): authorization id 4; then challenge and PIN.

use super::id;
use crate::nuki::frame::Message;

/// Which authorization is to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RemoveEntry(pub(crate) u32);

impl RemoveEntry {
    pub(crate) fn encode(self) -> Message {
        Message::new(id::REMOVE_ENTRY, self.0.to_le_bytes())
    }

    /// Exactly 4 bytes.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        body.try_into().ok().map(u32::from_le_bytes).map(Self)
    }
}
