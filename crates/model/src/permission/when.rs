//! When a permission counts: once, for a period or until it is taken away, each with hours of the week if need be.
//!
//! Hours are those of a clock in the home. A window that ends no later in the day than it begins ends on the day after,
//! and belongs to the weekday on which it begins: Friday 22:00–06:00 ends on Saturday morning. On the two days a year
//! with another number of hours [`TimeZone::first_instant`] says which instant a local time is: a window that begins in the
//! hour that is left out begins when the clock has jumped, one that ends in the hour that comes twice ends the first time.
//! One that lies wholly in the hour that is left out is not there that night.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::TimeZone;
use crate::Timestamp;

/// When.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct When {
    /// From when until when, and how often.
    pub term: Term,
    /// Only in these hours; none: at all hours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
}

/// From when until when, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Term {
    /// Each door once.
    Once {
        /// From then on.
        from: DateTime<Utc>,
        /// Not from then on.
        until: DateTime<Utc>,
    },
    /// As often as need be.
    Period {
        /// From then on.
        from: DateTime<Utc>,
        /// Not from then on.
        until: DateTime<Utc>,
    },
    /// Until it is taken away.
    Permanent {},
}

/// Hours of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The days on which it begins: `Mon` to `Sun`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub days: Vec<Weekday>,
    /// From then on.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub from: TimeOfDay,
    /// Not from then on; the same as `from`: for a whole day.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub until: TimeOfDay,
}

/// A time as a clock shows it, `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(NaiveTime);

impl TimeOfDay {
    /// `None` for an hour over 23 or a minute over 59.
    #[must_use]
    pub fn new(hour: u32, minute: u32) -> Option<Self> {
        NaiveTime::from_hms_opt(hour, minute, 0).map(Self)
    }
}

impl When {
    /// At all times.
    #[must_use]
    pub fn always() -> Self {
        Self { term: Term::Permanent {}, windows: Vec::new() }
    }

    /// The end of the hours that are open at `now`; `None` where they are closed. Hours that follow each other without a
    /// gap are one; what ends later than `horizon` is cut there.
    #[must_use]
    pub fn open_until(&self, zone: TimeZone, now: Timestamp, horizon: Timestamp) -> Option<Timestamp> {
        if self.windows.is_empty() {
            return Some(horizon);
        }
        let mut end = self.end_at(zone, now)?;
        while end < horizon
            && let Some(later) = self.end_at(zone, end)
        {
            end = later;
        }
        Some(end.min(horizon))
    }

    /// The latest end of a window that is open at `at`.
    fn end_at(&self, zone: TimeZone, at: Timestamp) -> Option<Timestamp> {
        let today = zone.date(at);
        let yesterday = today.checked_sub_days(Days::new(1))?;
        let windows = self.windows.iter().flat_map(|window| [(window, yesterday), (window, today)]);
        windows
            .filter_map(|(window, day)| window.on(zone, day))
            .filter(|(from, until)| (*from..*until).contains(&at))
            .map(|(_, until)| until)
            .max()
    }
}

impl Window {
    /// Its first instant, and the first after it, where it begins on `day`.
    fn on(&self, zone: TimeZone, day: NaiveDate) -> Option<(Timestamp, Timestamp)> {
        if !self.days.contains(&chrono::Datelike::weekday(&day)) {
            return None;
        }
        let end_day = if self.until > self.from { day } else { day.checked_add_days(Days::new(1))? };
        Some((
            zone.first_instant(day.and_time(self.from.0))?,
            zone.first_instant(end_day.and_time(self.until.0))?,
        ))
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format("%H:%M"))
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parts =
            text.split_once(':').filter(|(hour, minute)| [hour, minute].iter().all(|p| two_digits(p)));
        let time = parts.and_then(|(hour, minute)| Self::new(hour.parse().ok()?, minute.parse().ok()?));
        time.ok_or_else(|| D::Error::custom("a time of day is HH:MM"))
    }
}

fn two_digits(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn window(json: &str) -> When {
        When { term: Term::Permanent {}, windows: vec![serde_json::from_str(json).unwrap()] }
    }

    fn until(when: &When, now: &str) -> Option<Timestamp> {
        when.open_until(TimeZone::OSLO, at(now), at("2030-01-01T00:00:00Z"))
    }

    #[test]
    fn a_night_from_friday_belongs_to_friday() {
        let night = window(r#"{"days":["Fri"],"from":"22:00","until":"06:00"}"#);
        // Friday 2026-01-16, in winter one hour ahead of UTC.
        assert_eq!(until(&night, "2026-01-16T20:59:59Z"), None);
        assert_eq!(until(&night, "2026-01-16T21:00:00Z"), Some(at("2026-01-17T05:00:00Z")));
        assert_eq!(until(&night, "2026-01-17T04:59:59Z"), Some(at("2026-01-17T05:00:00Z")));
        assert_eq!(until(&night, "2026-01-17T05:00:00Z"), None);
        assert_eq!(until(&night, "2026-01-16T04:00:00Z"), None);
    }

    #[test]
    fn in_the_night_when_clocks_are_put_forward_the_hour_that_is_left_out_is_not_there() {
        let night = window(r#"{"days":["Sat"],"from":"22:00","until":"06:00"}"#);
        assert_eq!(until(&night, "2026-03-28T21:00:00Z"), Some(at("2026-03-29T04:00:00Z")));
        let missing = window(r#"{"days":["Sun"],"from":"02:10","until":"02:50"}"#);
        assert_eq!(until(&missing, "2026-03-29T01:00:00Z"), None);
        assert_eq!(until(&missing, "2026-03-22T01:15:00Z"), Some(at("2026-03-22T01:50:00Z")));
        let into = window(r#"{"days":["Sun"],"from":"01:00","until":"02:30"}"#);
        assert_eq!(until(&into, "2026-03-29T00:30:00Z"), Some(at("2026-03-29T01:00:00Z")));
    }

    #[test]
    fn in_the_night_when_clocks_are_put_back_a_window_ends_the_first_time() {
        let night = window(r#"{"days":["Sat"],"from":"22:00","until":"02:30"}"#);
        assert_eq!(until(&night, "2026-10-24T22:00:00Z"), Some(at("2026-10-25T00:30:00Z")));
        assert_eq!(until(&night, "2026-10-25T01:10:00Z"), None, "02:10 for the second time");
        let long = window(r#"{"days":["Sat"],"from":"22:00","until":"06:00"}"#);
        assert_eq!(until(&long, "2026-10-24T22:00:00Z"), Some(at("2026-10-25T05:00:00Z")));
    }

    #[test]
    fn days_that_follow_each_other_are_one_window_up_to_the_horizon() {
        let always =
            window(r#"{"days":["Mon","Tue","Wed","Thu","Fri","Sat","Sun"],"from":"00:00","until":"00:00"}"#);
        let horizon = at("2026-01-18T09:00:00Z");
        assert_eq!(always.open_until(TimeZone::OSLO, at("2026-01-16T09:00:00Z"), horizon), Some(horizon));
        let monday = window(r#"{"days":["Mon"],"from":"00:00","until":"00:00"}"#);
        assert_eq!(until(&monday, "2026-01-19T12:00:00Z"), Some(at("2026-01-19T23:00:00Z")));
    }

    #[test]
    fn a_time_of_day_is_two_digits_each() {
        for wrong in ["24:00", "7:30", "07:60", "07:3", "+7:30", "0730", ""] {
            assert!(serde_json::from_str::<TimeOfDay>(&format!("\"{wrong}\"")).is_err(), "{wrong}");
        }
        let time: TimeOfDay = serde_json::from_str("\"07:30\"").unwrap();
        assert_eq!(serde_json::to_string(&time).unwrap(), "\"07:30\"");
    }
}
