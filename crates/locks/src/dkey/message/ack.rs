//! AckRsp, 0x51, both directions: the end of a command, or of a fragment of it (3.4).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | error, 0 for success |
//! | 1 | 1 | id of what is acknowledged |

use super::id;
use crate::dkey::frame::Frame;

/// Error codes (7.1); others are carried as numbers.
pub(crate) mod error {
    pub(crate) const UNKNOWN_COMMAND: u8 = 1;
    pub(crate) const NOT_AUTHENTICATED: u8 = 2;
    pub(crate) const AUTHENTICATION_FAILED: u8 = 3;
    pub(crate) const WRONG_PIN: u8 = 4;
    pub(crate) const NO_AVAILABLE_KEYS: u8 = 5;
    pub(crate) const WRONG_STATE: u8 = 10;
    pub(crate) const NOT_SUPPORTED: u8 = 14;
}

/// An acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ack {
    pub(crate) error: u8,
    pub(crate) id: u8,
}

impl Ack {
    pub(crate) fn encode(self) -> Frame {
        Frame::new(id::ACK, [self.error, self.id])
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let [error, id] = *payload else { return None };
        Some(Self { error, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::hex;

    #[test]
    fn ack_of_the_name() {
        let ack = Ack { error: 0, id: id::NAME };
        assert_eq!(ack.encode().to_bytes(), hex("51020015"));
        assert_eq!(Ack::decode(&[0, 0x15]), Some(ack));
        assert_eq!(Ack::decode(&[0]), None);
    }
}
