//! The time window of an authorization (8.9): 19 bytes in three messages.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 7 | allowed from, date-time |
//! | 7 | 7 | allowed until, date-time |
//! | 14 | 1 | weekdays; 0: every day |
//! | 15 | 2 | from, time of day |
//! | 17 | 2 | until, time of day |

use terskel_model::Timestamp;

use super::DateTime;
use super::reader::Reader;

/// When an authorization may move the bolt. The lock itself sees to it, by its own clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
    /// On which days of the week, in the lock's local time.
    pub weekdays: Weekdays,
    /// From this time of day on, in the lock's local time. Equal to the end: the whole day.
    pub daily_from: TimeOfDay,
    /// Until this time of day; before the start: over midnight.
    pub daily_until: TimeOfDay,
}

/// Days of the week: bit 6 Monday, 5 Tuesday, and so on to bit 0 Sunday. None: every day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weekdays(pub u8);

impl Weekdays {
    /// Is the day among them? 0 is Monday, 6 Sunday.
    #[must_use]
    pub fn contains(self, days_from_monday: u32) -> bool {
        self.0 & 0x7f == 0 || self.0 & (0x40 >> days_from_monday.min(7)) != 0
    }
}

/// An hour and a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
}

impl Limits {
    /// Bytes of it.
    pub(super) const SIZE: usize = 19;

    pub(super) fn encode(&self) -> [u8; Self::SIZE] {
        let date = |at: Option<Timestamp>| at.map_or(DateTime::NONE, DateTime::of).0;
        let mut bytes = [0; Self::SIZE];
        bytes[..7].copy_from_slice(&date(self.from));
        bytes[7..14].copy_from_slice(&date(self.until));
        bytes[14] = self.weekdays.0;
        let (from, until) = (self.daily_from, self.daily_until);
        bytes[15..].copy_from_slice(&[from.hour, from.minute, until.hour, until.minute]);
        bytes
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let from = DateTime(reader.array()?).timestamp();
        let until = DateTime(reader.array()?).timestamp();
        let [weekdays, h0, m0, h1, m1] = reader.array()?;
        Some(Self {
            from,
            until,
            weekdays: Weekdays(weekdays),
            daily_from: TimeOfDay { hour: h0, minute: m0 },
            daily_until: TimeOfDay { hour: h1, minute: m1 },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::tests::vectors::vector;

    #[test]
    fn limits_of_15_e() {
        let wire = vector("limits");
        let limits = Limits::read(&mut Reader(&wire)).unwrap();
        let text = |at: Option<Timestamp>| at.unwrap().to_rfc3339();
        assert_eq!(text(limits.from), "2026-03-01T06:00:00+00:00");
        assert_eq!(text(limits.until), "2026-09-30T22:00:00+00:00");
        let days: Vec<u32> = (0..7).filter(|day| limits.weekdays.contains(*day)).collect();
        assert_eq!(days, [0, 1, 2, 3, 4], "Monday to Friday");
        assert_eq!((limits.daily_from.hour, limits.daily_until.hour), (7, 22));
        assert_eq!(limits.encode().to_vec(), wire);
        assert!((0..7).all(|day| Weekdays(0).contains(day)));
        assert!(Limits::read(&mut Reader(&wire[..18])).is_none());
    }
}
