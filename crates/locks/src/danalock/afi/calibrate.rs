//! LockSetCalibrationPoint 4.2: a varint. The result has no payload; the motor may move for up to 30 s.

use super::{Command, varint};

/// Where the bolt stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CalibrationPoint {
    Unlocked,
    Locked,
}

impl CalibrationPoint {
    fn code(self) -> u32 {
        u32::from(self == Self::Locked)
    }

    #[cfg_attr(
        not(any(test, feature = "fuzzing")),
        expect(dead_code, reason = "installers calibrate, phones of workers do not")
    )]
    pub(crate) fn encode(self) -> Vec<u8> {
        Command::CALIBRATE.request(&varint::encode(self.code()))
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let (code, _) = varint::decode(payload)?;
        [Self::Unlocked, Self::Locked].into_iter().find(|point| point.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_13_4() {
        assert_eq!(CalibrationPoint::Unlocked.encode(), [1, 4, 2, 0]);
        assert_eq!(CalibrationPoint::Locked.encode(), [1, 4, 2, 1]);
        assert_eq!(CalibrationPoint::decode(&[2]), None);
    }
}
