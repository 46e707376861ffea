//! Unlocking.
//!
//! UnlockCmd 0x03, phone:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | type: 0 direct, 1 auto, 2 direct + lock, 3 auto + lock, 4 hands-free, 5 hands-free + lock |
//! | 1 | 1 | in/out settings: 0 |
//! | 2 | 1 | in/out status, signed: 0 out, 1 in, -1 unknown |
//! | 3 | 4 | `8D 80 8D 89`, of unknown meaning |
//!
//! UnlockRsp 0x5A, lock:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | error |
//! | 1 | 4 | timeout, signed, of unknown unit and meaning |

use super::id;
use crate::dkey::frame::Frame;

const AUTO: u8 = 1;
const STATUS_IN: u8 = 1;

/// Unlock, in the one form that was seen to work: auto unlock, status "in".
pub(crate) fn unlock() -> Frame {
    Frame::new(id::UNLOCK, [AUTO, 0, STATUS_IN, 0x8d, 0x80, 0x8d, 0x89])
}

/// What the lock says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnlockAnswer {
    pub(crate) error: u8,
    pub(crate) timeout: i32,
}

impl UnlockAnswer {
    pub(crate) fn encode(self) -> Frame {
        Frame::new(id::UNLOCK_ANSWER, [&[self.error][..], &self.timeout.to_be_bytes()].concat())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let (error, timeout) = payload.split_first()?;
        Some(Self { error: *error, timeout: i32::from_be_bytes(timeout.try_into().ok()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::hex;

    #[test]
    fn command_of_13_1_and_answer_of_13_5() {
        assert_eq!(unlock().to_bytes(), hex("03070100018d808d89"));
        let answer = UnlockAnswer { error: 0, timeout: 6 };
        assert_eq!(UnlockAnswer::decode(&hex("0000000006")), Some(answer));
        assert_eq!(answer.encode().to_bytes(), hex("5a050000000006"));
        assert_eq!(UnlockAnswer::decode(&hex("00000000ff")).map(|a| a.timeout), Some(255));
        assert_eq!(UnlockAnswer::decode(&[]), None);
    }
}
