//! How a lock is: what a phone has learnt of it on a visit, as it goes to the station.

use serde::{Deserialize, Serialize};

use crate::door::Operation;
use crate::open_enum::open_enum;
use crate::rules::CLOCK_DRIFT;
use crate::{LockId, Timestamp};

open_enum! {
    /// How full a battery is, by the thresholds of the lock's family.
    BatteryLevel {
        /// Nothing to do.
        Good = "good",
        /// To be changed soon.
        Low = "low",
        /// May fail any day.
        Critical = "critical",
    }
}

open_enum! {
    /// Something about a lock that somebody must see to; the most urgent first.
    LockWarning {
        /// It reported a stuck mechanism.
        Jammed = "jammed",
        /// It does not know where its bolt ends.
        NotCalibrated = "not_calibrated",
        /// Its battery may fail any day.
        BatteryCritical = "battery_critical",
        /// Its battery is to be changed soon.
        BatteryLow = "battery_low",
        /// It has lost the time: keys with a time in them may not work.
        ClockLost = "clock_lost",
        /// Its clock is off.
        ClockOff = "clock_off",
        /// It says something of itself that this app was not written for.
        Unfamiliar = "unfamiliar",
    }
}

/// What was learnt of one lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockReport {
    /// Which.
    pub lock: LockId,
    /// Battery, 0–100 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_percent: Option<u8>,
    /// What that means for this family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery: Option<BatteryLevel>,
    /// It reported a stuck mechanism.
    #[serde(default)]
    pub jammed: bool,
    /// Does it know where its bolt ends?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibrated: Option<bool>,
    /// Milliseconds by which its clock is ahead of the phone's; negative: behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_ms: Option<i64>,
    /// It has lost the time.
    #[serde(default)]
    pub clock_lost: bool,
    /// The phone has set its clock right.
    #[serde(default)]
    pub clock_corrected: bool,
    /// Firmware version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<String>,
    /// It says something of itself that this app was not written for.
    #[serde(default)]
    pub unfamiliar: bool,
    /// To open, the latch of its door is pulled too, as whoever installed it has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pulls_latch: Option<bool>,
    /// SHA-256 of the public key that it showed and nobody had vouched for, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// From its own log: what was done with the station's key, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<LoggedOperation>,
    /// Entries of its own list of who may come in that the phone has brought to what the station wants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<LockEntry>,
}

/// An entry of a lock's list of who may come in, as the phone left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockEntry {
    /// Its name in the list.
    pub name: String,
    /// The id under which the lock knows it; `None`: it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// Until when the lock takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// One entry of a lock's own log, made with the station's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedOperation {
    /// Grows with each entry of the lock, never used again.
    pub index: u32,
    /// When, by the lock's clock put right by what is known of its drift; `None`: the lock did not know the time.
    pub at: Option<Timestamp>,
    /// Who, as the lock was told.
    pub by: String,
    /// What was done.
    pub operation: Operation,
    /// Did it go well?
    pub done: bool,
}

impl LockReport {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(lock: LockId) -> Self {
        Self {
            lock,
            battery_percent: None,
            battery: None,
            jammed: false,
            calibrated: None,
            clock_ahead_ms: None,
            clock_lost: false,
            clock_corrected: false,
            firmware: None,
            unfamiliar: false,
            pulls_latch: None,
            fingerprint: None,
            log: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// What somebody must see to, the most urgent first.
    #[must_use]
    pub fn warnings(&self) -> Vec<LockWarning> {
        let drift = u64::try_from(CLOCK_DRIFT.as_millis()).unwrap_or(u64::MAX);
        let off = self.clock_ahead_ms.is_some_and(|ms| ms.unsigned_abs() > drift);
        [
            (self.jammed, LockWarning::Jammed),
            (self.calibrated == Some(false), LockWarning::NotCalibrated),
            (self.battery == Some(BatteryLevel::Critical), LockWarning::BatteryCritical),
            (self.battery == Some(BatteryLevel::Low), LockWarning::BatteryLow),
            (self.clock_lost && !self.clock_corrected, LockWarning::ClockLost),
            (off && !self.clock_corrected, LockWarning::ClockOff),
            (self.unfamiliar, LockWarning::Unfamiliar),
        ]
        .into_iter()
        .filter_map(|(holds, warning)| holds.then_some(warning))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::ManualWorld;

    fn report() -> LockReport {
        LockReport::new(LockId::new(&ManualWorld::new(Timestamp::UNIX_EPOCH, 1)))
    }

    #[test]
    fn the_most_urgent_comes_first_and_a_lock_that_is_well_has_none() {
        assert_eq!(report().warnings(), []);
        let bad = LockReport {
            jammed: true,
            battery: Some(BatteryLevel::Low),
            calibrated: Some(true),
            unfamiliar: true,
            ..report()
        };
        assert_eq!(bad.warnings(), [LockWarning::Jammed, LockWarning::BatteryLow, LockWarning::Unfamiliar]);
    }

    #[test]
    fn a_clock_is_off_past_thirty_seconds_until_it_is_set() {
        let ahead = |ms| LockReport { clock_ahead_ms: Some(ms), ..report() };
        assert_eq!(ahead(30_000).warnings(), []);
        assert_eq!(ahead(-30_001).warnings(), [LockWarning::ClockOff]);
        assert_eq!(LockReport { clock_corrected: true, ..ahead(90_000) }.warnings(), []);
        assert_eq!(LockReport { clock_lost: true, ..report() }.warnings(), [LockWarning::ClockLost]);
    }

    #[test]
    fn what_is_not_known_is_not_sent() {
        let text = serde_json::to_string(&report()).unwrap();
        assert!(!text.contains("battery") && !text.contains("log"), "{text}");
        assert_eq!(serde_json::from_str::<LockReport>(&text).unwrap(), report());
    }
}
