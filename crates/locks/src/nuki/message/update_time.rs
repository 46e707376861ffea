//! 0x0021 Update Time, phone (8.11): date-time 7, UTC; then challenge and PIN.

use super::{DateTime, id};
use crate::nuki::frame::Message;

/// What time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UpdateTime(pub(crate) DateTime);

impl UpdateTime {
    pub(crate) fn encode(self) -> Message {
        Message::new(id::UPDATE_TIME, self.0.0)
    }

    /// Exactly 7 bytes.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        body.try_into().ok().map(DateTime).map(Self)
    }
}
