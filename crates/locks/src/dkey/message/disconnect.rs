//! DisconnectReqCmd, 0x04, lock: acknowledged, then the phone goes.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | reason, signed |

use super::id;
use crate::dkey::frame::Frame;

/// Reasons (7.2) that something hangs on; others are carried as numbers.
pub(crate) mod reason {
    pub(crate) const TIMEOUT: i8 = 2;
    pub(crate) const KEY_DISABLED: i8 = 5;
}

/// Why the lock wants the link closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DisconnectRequest(pub(crate) i8);

impl DisconnectRequest {
    pub(crate) fn encode(self) -> Frame {
        Frame::new(id::DISCONNECT, self.0.to_be_bytes())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let [raw] = *payload else { return None };
        Some(Self(i8::from_be_bytes([raw])))
    }

    /// For the log.
    pub(crate) fn name(self) -> &'static str {
        match self.0 {
            0 => "remote disconnect",
            1 => "kicked out",
            reason::TIMEOUT => "timeout",
            3 => "out of range",
            4 => "association",
            reason::KEY_DISABLED => "key disabled",
            -1 => "default",
            _ => "unknown reason",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::hex;

    #[test]
    fn timeout_and_default_of_13_1() {
        for (request, wire) in [(DisconnectRequest(2), "040102"), (DisconnectRequest(-1), "0401ff")] {
            assert_eq!(request.encode().to_bytes(), hex(wire));
            assert_eq!(DisconnectRequest::decode(&hex(wire)[2..]), Some(request));
        }
        assert_eq!(DisconnectRequest(77).name(), "unknown reason");
    }
}
