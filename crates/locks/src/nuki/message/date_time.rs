//! A date-time (1): year 2, month, day, hour, minute, second 1 each; UTC. Seven zeros mean "none".

use chrono::{Datelike, NaiveDate, Timelike};
use terskel_model::Timestamp;

/// As it travels. Impossible dates survive, and mean "unknown".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DateTime(pub(crate) [u8; 7]);

impl DateTime {
    pub(crate) const NONE: Self = Self([0; 7]);

    /// To the second.
    pub(crate) fn of(at: Timestamp) -> Self {
        let [low, high] = u16::try_from(at.year()).unwrap_or(0).to_le_bytes();
        let small = |value: u32| u8::try_from(value).unwrap_or(0);
        Self([
            low,
            high,
            small(at.month()),
            small(at.day()),
            small(at.hour()),
            small(at.minute()),
            small(at.second()),
        ])
    }

    /// `None` for no time, and for an impossible one.
    pub(crate) fn timestamp(self) -> Option<Timestamp> {
        let [low, high, month, day, hour, minute, second] = self.0;
        let year = u16::from_le_bytes([low, high]);
        let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()).filter(|_| year > 0)?;
        Some(date.and_hms_opt(hour.into(), minute.into(), second.into())?.and_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_survive_and_impossible_ones_are_unknown() {
        let at = DateTime([0xea, 0x07, 3, 7, 8, 15, 32]);
        let time = at.timestamp().unwrap();
        assert_eq!(time.to_rfc3339(), "2026-03-07T08:15:32+00:00");
        assert_eq!(DateTime::of(time), at);
        for no_time in [[0; 7], [0xff; 7], [0xea, 7, 2, 30, 0, 0, 0], [0xea, 7, 3, 7, 24, 0, 0]] {
            assert_eq!(DateTime(no_time).timestamp(), None);
        }
    }
}
