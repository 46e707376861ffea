//! What a lock tells of its health, put together for the station and for one line on the screen.

use terskel_locks::family::Care;
use terskel_locks::lock::{LockDescription, LockEvent, LockState, LogEntry};
use terskel_model::LockId;
use terskel_model::lock_report::{BatteryLevel, LockEntry, LockReport, LockWarning, LoggedOperation};

/// What is known of one lock in this visit.
pub(crate) struct CareBook {
    report: LockReport,
    limits: Option<Care>,
    /// As it was told last.
    told: LockReport,
}

impl CareBook {
    pub(crate) fn new(lock: LockId) -> Self {
        let report = LockReport::new(lock);
        Self { told: report.clone(), report, limits: None }
    }

    /// The thresholds of the lock's family.
    pub(crate) fn judge_by(&mut self, limits: Care) {
        self.limits = Some(limits);
    }

    /// Takes in what a session tells.
    pub(crate) fn learn(&mut self, event: &LockEvent) {
        match event {
            LockEvent::Ready(description) => self.introduce(description),
            LockEvent::State(state) => self.state(state),
            LockEvent::Clock { ahead_ms, corrected } => {
                self.report.clock_ahead_ms = *ahead_ms;
                self.report.clock_lost = ahead_ms.is_none();
                self.report.clock_corrected = *corrected;
            }
            LockEvent::FirstSeen { fingerprint } => {
                self.report.fingerprint = Some(fingerprint.iter().map(|b| format!("{b:02x}")).collect());
            }
            LockEvent::Log(entries) => self.log(entries),
            LockEvent::Entries(kept) => self.report.entries.extend(kept.iter().map(|entry| LockEntry {
                name: entry.name.clone(),
                id: entry.id,
                until: entry.until,
            })),
            LockEvent::Moving(_) | LockEvent::Outcome { .. } | LockEvent::Ended { .. } => {}
        }
    }

    /// The line on the screen.
    pub(super) fn warning(&self) -> Option<LockWarning> {
        self.report.warnings().into_iter().next()
    }

    /// What the station has not been told; it counts as told from here on.
    pub(crate) fn news(&mut self) -> Option<LockReport> {
        if self.report == self.told {
            return None;
        }
        let news = self.report.clone();
        self.report.log.clear();
        self.report.entries.clear();
        self.told = self.report.clone();
        Some(news)
    }

    fn introduce(&mut self, lock: &LockDescription) {
        self.report.firmware = Some(lock.firmware.clone()).filter(|text| !text.is_empty());
        self.report.unfamiliar = lock.unfamiliar;
        self.report.pulls_latch = lock.pulls_latch;
    }

    fn state(&mut self, state: &LockState) {
        self.report.jammed = state.jammed;
        self.report.calibrated = state.calibrated.or(self.report.calibrated);
        self.report.battery_percent = state.battery_percent.or(self.report.battery_percent);
        let Some(limits) = self.limits else { return };
        let at_most = |limit| self.report.battery_percent.is_some_and(|percent| percent <= limit);
        self.report.battery = if state.battery_critical || at_most(limits.battery_critical_percent) {
            Some(BatteryLevel::Critical)
        } else if at_most(limits.battery_low_percent) {
            Some(BatteryLevel::Low)
        } else {
            self.report.battery_percent.map(|_| BatteryLevel::Good)
        };
    }

    /// What was done with other people's keys is none of our business.
    fn log(&mut self, entries: &[LogEntry]) {
        let ahead = chrono::TimeDelta::milliseconds(self.report.clock_ahead_ms.unwrap_or(0));
        let ours = entries.iter().filter(|entry| entry.ours).filter_map(|entry| {
            Some(LoggedOperation {
                index: entry.index,
                // Entries are as wrong as the clock was when it was read, as far as anybody knows.
                at: entry.at.and_then(|at| at.checked_sub_signed(ahead)),
                by: entry.by.clone(),
                operation: entry.operation.clone()?,
                done: entry.done,
            })
        });
        self.report.log.extend(ours);
    }
}

#[cfg(test)]
mod tests {
    use terskel_model::Timestamp;
    use terskel_model::door::Operation;
    use terskel_model::world::ManualWorld;

    use super::*;

    fn book() -> CareBook {
        let mut book = CareBook::new(LockId::new(&ManualWorld::new(Timestamp::UNIX_EPOCH, 1)));
        book.judge_by(Care { battery_low_percent: 20, battery_critical_percent: 10 });
        book
    }

    fn battery(percent: u8) -> LockEvent {
        LockEvent::State(LockState { battery_percent: Some(percent), ..LockState::default() })
    }

    #[test]
    fn a_battery_is_judged_by_its_family() {
        let mut book = book();
        for (percent, level, warning) in [
            (21, BatteryLevel::Good, None),
            (20, BatteryLevel::Low, Some(LockWarning::BatteryLow)),
            (10, BatteryLevel::Critical, Some(LockWarning::BatteryCritical)),
        ] {
            book.learn(&battery(percent));
            assert_eq!((book.report.battery.clone(), book.warning()), (Some(level), warning), "{percent} %");
        }
        // The lock's own word counts more than a percentage.
        let state = LockState { battery_percent: Some(60), battery_critical: true, ..LockState::default() };
        book.learn(&LockEvent::State(state));
        assert_eq!(book.warning(), Some(LockWarning::BatteryCritical));
    }

    #[test]
    fn what_was_told_is_told_once() {
        let mut book = book();
        assert_eq!(book.news(), None);
        book.learn(&battery(80));
        assert_eq!(book.news().unwrap().battery_percent, Some(80));
        book.learn(&battery(80));
        assert_eq!(book.news(), None);
    }

    #[test]
    fn only_what_was_done_with_our_key_is_brought_home_at_the_true_time() {
        let mut book = book();
        let at = Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(1_000);
        let entry = |index, ours, operation| LogEntry {
            index,
            at: Some(at),
            by: "Ada".into(),
            ours,
            operation,
            done: true,
        };
        book.learn(&LockEvent::Clock { ahead_ms: Some(60_000), corrected: false });
        book.learn(&LockEvent::Log(vec![
            entry(1, false, Some(Operation::Open)),
            entry(2, true, None),
            entry(3, true, Some(Operation::Open)),
        ]));
        let news = book.news().unwrap();
        assert_eq!(news.log.len(), 1);
        assert_eq!(news.log[0].at, Some(at - std::time::Duration::from_secs(60)));
        assert_eq!(book.news(), None);
    }
}
