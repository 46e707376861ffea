//! When an authorization may move the bolt (9).

use chrono::{Datelike, TimeDelta, Timelike};
use terskel_model::Timestamp;

use crate::nuki::message::{Limits, TimeOfDay};

/// `at` is UTC; days of the week and times of day are local.
pub(super) fn allows(limits: &Limits, at: Timestamp, timezone_offset: i16) -> bool {
    if limits.from.is_some_and(|from| at < from) || limits.until.is_some_and(|until| at > until) {
        return false;
    }
    let local = at + TimeDelta::minutes(timezone_offset.into());
    let small = |value: u32| u8::try_from(value).unwrap_or(0);
    let time = TimeOfDay { hour: small(local.hour()), minute: small(local.minute()) };
    limits.weekdays.contains(local.weekday().num_days_from_monday())
        && within(limits.daily_from, limits.daily_until, time)
}

fn within(from: TimeOfDay, until: TimeOfDay, time: TimeOfDay) -> bool {
    match from.cmp(&until) {
        std::cmp::Ordering::Equal => true,
        std::cmp::Ordering::Less => from <= time && time < until,
        std::cmp::Ordering::Greater => time >= from || time < until,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::message::Weekdays;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn of_day(hour: u8, minute: u8) -> TimeOfDay {
        TimeOfDay { hour, minute }
    }

    /// 2026-03-07 is a Saturday.
    fn allowed(limits: Limits, offset: i16, times: &[&str]) -> Vec<bool> {
        times.iter().map(|time| allows(&limits, at(&format!("2026-03-{time}:00Z")), offset)).collect()
    }

    #[test]
    fn dates_are_utc_and_both_belong_to_the_window() {
        let (from, until) = (Some(at("2026-03-07T08:00:00Z")), Some(at("2026-03-08T08:00:00Z")));
        let limits = Limits { from, until, ..Limits::default() };
        let times = ["07T07:59", "07T08:00", "08T08:00", "08T08:01"];
        for offset in [0, 60, -300] {
            assert_eq!(allowed(limits, offset, &times), [false, true, true, false]);
        }
    }

    #[test]
    fn days_of_the_week_are_local() {
        let saturday = Limits { weekdays: Weekdays(0x02), ..Limits::default() };
        let times = ["06T23:30", "07T12:00", "07T23:30"];
        assert_eq!(allowed(saturday, 0, &times), [false, true, true]);
        assert_eq!(allowed(saturday, 60, &times), [true, true, false]);
    }

    #[test]
    fn times_of_day_are_local_and_may_run_over_midnight() {
        let day = Limits { daily_from: of_day(7, 0), daily_until: of_day(22, 0), ..Limits::default() };
        let times = ["07T06:59", "07T07:00", "07T21:59", "07T22:00"];
        assert_eq!(allowed(day, 0, &times), [false, true, true, false]);
        assert_eq!(allowed(day, 60, &times), [true, true, false, false]);
        let night = Limits { daily_from: of_day(22, 0), daily_until: of_day(7, 0), ..Limits::default() };
        assert_eq!(allowed(night, 0, &times), [true, false, false, true]);
        let whole = Limits { daily_from: of_day(9, 30), daily_until: of_day(9, 30), ..Limits::default() };
        assert_eq!(allowed(whole, 0, &times), [true; 4]);
    }
}
