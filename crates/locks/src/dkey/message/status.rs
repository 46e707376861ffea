//! StatusReportCmd, 0x35, lock.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | type, signed: 1, 2 stuck; 3 init; 4 lock/unlock; 10 missing timeout; -16 generic |
//! | 1 | n | report, of unknown meaning |

use super::id;
use crate::dkey::frame::Frame;

/// A report; its bytes are only good for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusReport {
    pub(crate) kind: i8,
    pub(crate) report: Vec<u8>,
}

impl StatusReport {
    /// The mechanism is stuck.
    pub(crate) const STUCK: i8 = 1;
    /// The same in a second form.
    const STUCK_V2: i8 = 2;
    /// Follows locking and unlocking.
    pub(crate) const LOCK_UNLOCK: i8 = 4;

    pub(crate) fn encode(&self) -> Frame {
        Frame::new(id::STATUS, [&self.kind.to_be_bytes()[..], &self.report].concat())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let (kind, report) = payload.split_first()?;
        Some(Self { kind: i8::from_be_bytes([*kind]), report: report.to_vec() })
    }

    /// Whether the mechanism is stuck.
    pub(crate) fn is_stuck(&self) -> bool {
        matches!(self.kind, Self::STUCK | Self::STUCK_V2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::hex;

    #[test]
    fn reports_of_13_5() {
        for (kind, wire) in [(4, "3503040001"), (-16, "3503f00001")] {
            let report = StatusReport { kind, report: vec![0, 1] };
            assert_eq!(report.encode().to_bytes(), hex(wire));
            assert_eq!(StatusReport::decode(&hex(wire)[2..]), Some(report));
        }
        assert_eq!(StatusReport::decode(&[]), None);
    }

    #[test]
    fn types_1_and_2_are_stuck() {
        let stuck: Vec<i8> =
            (-128..=127).filter(|kind| StatusReport { kind: *kind, report: vec![] }.is_stuck()).collect();
        assert_eq!(stuck, [1, 2]);
    }
}
