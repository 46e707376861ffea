//! LockGetState 4.5. The request is empty; the result has a varint state, a varint operation, and a byte: blocked.
//!
//! What the numbers mean is a hypothesis (7.3); all that are not in it are kept and mean nothing.

use super::{Command, varint};

/// State: unlocked.
const UNLOCKED: u32 = 2;
/// State: locked.
const LOCKED: u32 = 3;
/// Operation: the motor rests.
const IDLE: u32 = 4;

/// The three numbers, as they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) state: u32,
    /// 2 and 3: as the action of LockOperate that is under way.
    pub(crate) operation: u32,
    pub(crate) blocked: bool,
}

impl State {
    /// `moving`: the action that is under way.
    pub(crate) fn new(locked: bool, moving: Option<super::Operate>, blocked: bool) -> Self {
        let operation = moving.map_or(IDLE, super::Operate::code);
        Self { state: if locked { LOCKED } else { UNLOCKED }, operation, blocked }
    }

    pub(crate) fn request() -> Vec<u8> {
        Command::GET_STATE.request(&[])
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        let mut bytes = varint::encode(self.state);
        bytes.extend(varint::encode(self.operation));
        bytes.push(u8::from(self.blocked));
        bytes
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let (state, rest) = varint::decode(payload)?;
        let (operation, rest) = varint::decode(rest)?;
        Some(Self { state, operation, blocked: *rest.first()? != 0 })
    }

    /// `None`: a number that nobody knows.
    pub(crate) fn locked(self) -> Option<bool> {
        match self.state {
            LOCKED => Some(true),
            UNLOCKED => Some(false),
            _ => None,
        }
    }

    /// The motor runs, as far as the number is known.
    pub(crate) fn is_moving(self) -> bool {
        [super::Operate::Unlock, super::Operate::Lock].iter().any(|action| action.code() == self.operation)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Message, Operate};
    use super::*;
    use crate::danalock::tests::vectors::hex;

    #[test]
    fn vectors_of_13_4() {
        assert_eq!(State::request(), [1, 4, 5]);
        for (bytes, locked) in [("02040500030400", true), ("020405000204000a", false)] {
            let bytes = hex(bytes);
            let Some(Message::Result { command: Command::GET_STATE, status: 0, payload }) =
                Message::decode(&bytes)
            else {
                panic!("no result")
            };
            let state = State::decode(payload).unwrap();
            assert_eq!(state, State::new(locked, None, false));
            assert_eq!((state.locked(), state.is_moving()), (Some(locked), false));
        }
        let moving = State::new(false, Some(Operate::Lock), true);
        assert_eq!(State::decode(&moving.encode()), Some(moving));
        assert!(moving.is_moving());
        assert_eq!(State { state: 9, operation: 9, blocked: false }.locked(), None);
    }
}
