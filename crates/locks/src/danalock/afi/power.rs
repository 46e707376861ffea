//! PowerSourceGetInformation 10.1. The request is empty; the result has members:
//!
//! | tag | value |
//! | --- | --- |
//! | 1 | power type |
//! | 2 | level |
//! | 3 | battery, percent |
//! | 4 | two bytes of unknown meaning |

use super::{Command, tlv};

/// What the lock lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PowerSource {
    pub(crate) kind: Option<u32>,
    pub(crate) level: Option<u32>,
    pub(crate) percent: Option<u32>,
    pub(crate) extra: Option<u32>,
}

impl PowerSource {
    pub(crate) fn request() -> Vec<u8> {
        Command::POWER_SOURCE.request(&[])
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let members = [(1, self.kind), (2, self.level), (3, self.percent), (4, self.extra)];
        members.into_iter().filter_map(|(tag, value)| Some(tlv::encode(tag, value?))).flatten().collect()
    }

    pub(crate) fn decode(payload: &[u8]) -> Self {
        let [kind, level, percent, extra] = [1, 2, 3, 4].map(|tag| tlv::number(payload, tag));
        Self { kind, level, percent, extra }
    }

    /// Battery, 0–100 %; `None` where what it says is no percentage.
    pub(crate) fn battery_percent(&self) -> Option<u8> {
        self.percent.and_then(|percent| u8::try_from(percent).ok()).filter(|percent| *percent <= 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::hex;

    #[test]
    fn vectors_of_13_4() {
        assert_eq!(PowerSource::request(), [1, 10, 1]);
        let bytes = hex("01010102011e03014a0402ea2e");
        let power = PowerSource { kind: Some(1), level: Some(30), percent: Some(74), extra: Some(59950) };
        assert_eq!(PowerSource::decode(&bytes), power);
        assert_eq!(power.encode(), bytes);
        assert_eq!(power.battery_percent(), Some(74));
        assert_eq!(PowerSource::decode(&hex("030165")).battery_percent(), None);
    }
}
