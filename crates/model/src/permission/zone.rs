//! Where a residence's clock stands.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::Timestamp;

/// Longer than any gap that a clock has ever jumped over, in minutes.
const LONGEST_GAP: i64 = 24 * 60;

/// A time zone by its name in the IANA database: `Europe/Oslo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(chrono_tz::Tz);

impl TimeZone {
    /// Mainland Norway: the zone of a residence for which none was told.
    pub const OSLO: Self = Self(chrono_tz::Europe::Oslo);

    /// The date that a clock there shows.
    #[must_use]
    pub fn date(self, at: Timestamp) -> NaiveDate {
        at.with_timezone(&self.0).date_naive()
    }

    /// The first instant at which a clock there shows `local` or later. A time that comes twice, when clocks are put
    /// back, is meant the first time; one that never comes, when they are put forward, is the moment of the jump.
    /// So a later local time is never an earlier instant. `None` beyond the years that can be reckoned with.
    #[must_use]
    pub fn first_instant(self, local: NaiveDateTime) -> Option<Timestamp> {
        (0..=LONGEST_GAP).find_map(|minutes| {
            let shown = local.checked_add_signed(TimeDelta::minutes(minutes))?;
            Some(shown.and_local_timezone(self.0).earliest()?.to_utc())
        })
    }
}

impl std::str::FromStr for TimeZone {
    type Err = chrono_tz::ParseError;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        name.parse().map(Self)
    }
}

impl std::fmt::Display for TimeZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Serialize for TimeZone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|_| D::Error::custom("no such time zone"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(local: &str) -> String {
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").unwrap();
        TimeZone::OSLO.first_instant(local).unwrap().format("%m-%d %H:%M").to_string()
    }

    #[test]
    fn a_time_in_the_gap_is_the_jump_and_one_that_comes_twice_the_first_time() {
        // 2026-03-29: 02:00 becomes 03:00, at 01:00 UTC.
        assert_eq!(instant("2026-03-29 01:59"), "03-29 00:59");
        assert_eq!(instant("2026-03-29 02:00"), "03-29 01:00");
        assert_eq!(instant("2026-03-29 02:59"), "03-29 01:00");
        assert_eq!(instant("2026-03-29 03:00"), "03-29 01:00");
        // 2026-10-25: 03:00 becomes 02:00, at 01:00 UTC.
        assert_eq!(instant("2026-10-25 02:30"), "10-25 00:30");
        assert_eq!(instant("2026-10-25 03:00"), "10-25 02:00");
    }

    #[test]
    fn a_zone_goes_by_its_name() {
        let zone: TimeZone = serde_json::from_str("\"Europe/Stockholm\"").unwrap();
        assert_eq!(zone.to_string(), "Europe/Stockholm");
        assert!(serde_json::from_str::<TimeZone>("\"Europe/Atlantis\"").is_err());
    }
}
