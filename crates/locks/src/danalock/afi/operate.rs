//! LockOperate 4.1: the action as a varint. The result has no payload.

use super::{Command, varint};

/// What the motor is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operate {
    Unlock,
    Lock,
}

impl Operate {
    pub(crate) fn code(self) -> u32 {
        match self {
            Self::Unlock => 2,
            Self::Lock => 3,
        }
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        Command::OPERATE.request(&varint::encode(self.code()))
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let (code, _) = varint::decode(payload)?;
        [Self::Unlock, Self::Lock].into_iter().find(|action| action.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_13_4() {
        for (action, code) in [(Operate::Unlock, 2), (Operate::Lock, 3)] {
            assert_eq!(action.encode(), [1, 4, 1, code]);
            assert_eq!(Operate::decode(&[code]), Some(action));
        }
        assert_eq!(Operate::decode(&[4]), None);
    }
}
