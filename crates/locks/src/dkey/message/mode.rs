//! ChangeModeCmd, 0x27, phone.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | mode: 1 lock, 2 SHB, 3 in, 4 out, 5 remote init, 6 forced unlock |

use super::id;
use crate::dkey::frame::Frame;

/// What the lock is told to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode(pub(crate) u8);

impl Mode {
    /// Throw the bolt.
    pub(crate) const LOCK: Self = Self(1);

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let [mode] = *payload else { return None };
        Some(Self(mode))
    }
}

/// Tells the lock its mode.
pub(crate) fn change_mode(mode: Mode) -> Frame {
    Frame::new(id::CHANGE_MODE, [mode.0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::hex;

    #[test]
    fn lock_command_of_13_1() {
        assert_eq!(change_mode(Mode::LOCK).to_bytes(), hex("270101"));
        assert_eq!(Mode::decode(&[1]), Some(Mode::LOCK));
        assert_eq!(Mode::decode(&[]), None);
    }
}
