//! The lock's clock: how far it is off, and setting it right (8.11, 9).

use chrono::TimeDelta;
use terskel_model::Uptime;

use super::LockSession;
use crate::lock::LockEvent;
use crate::nuki::message::{DateTime, States};

/// Beyond this the clock is set right by whoever may.
const OFF_BY_MS: u64 = 30_000;
/// Later states may show an earlier time by so much, and no more.
const SLACK: TimeDelta = TimeDelta::seconds(2);
/// The lock tells whole seconds: on the average it is so much further.
const HALF_A_SECOND: TimeDelta = TimeDelta::milliseconds(500);

impl LockSession {
    /// An old answer, replayed? (5)
    pub(super) fn runs_backwards(&mut self, states: &States) -> bool {
        let times = (self.heard_time.timestamp(), states.time.timestamp());
        if let (Some(before), Some(after)) = times
            && after < before - SLACK
        {
            return true;
        }
        self.heard_time = states.time;
        false
    }

    /// Compares at the midpoint of question and answer.
    pub(super) fn measure(&mut self, states: &States, asked_at: Uptime, now: Uptime) {
        let midpoint = self.visitor.wall(asked_at + (now - asked_at) / 2);
        let ahead = states.time.timestamp().map(|time| time + HALF_A_SECOND - midpoint);
        let ahead_ms = ahead.map(|ahead| ahead.num_milliseconds());
        self.events.push_back(LockEvent::Clock { ahead_ms, corrected: false });
        let off = ahead_ms.is_none_or(|ahead| ahead.unsigned_abs() > OFF_BY_MS);
        if off && self.credential.pin.is_some() && !self.time_tried {
            self.time_wanted = Some(ahead_ms);
        }
    }

    /// What the lock is to be told: to the nearest second.
    pub(super) fn time_now(&self, now: Uptime) -> DateTime {
        DateTime::of(self.visitor.wall(now) + HALF_A_SECOND)
    }

    pub(super) fn time_set(&mut self) {
        self.time_tried = true;
        self.heard_time = DateTime::NONE;
        if let Some(ahead_ms) = self.time_wanted.take() {
            self.events.push_back(LockEvent::Clock { ahead_ms, corrected: true });
        }
    }

    /// Not tried again: a wrong PIN must not be (7.2).
    pub(super) fn time_refused(&mut self) {
        self.time_tried = true;
        self.time_wanted = None;
    }
}
