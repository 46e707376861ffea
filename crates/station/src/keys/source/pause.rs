//! A service that does not answer is left alone for a while, longer each time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use terskel_model::Timestamp;

use super::SourceError;

const FIRST: TimeDelta = TimeDelta::seconds(30);
const LONGEST: TimeDelta = TimeDelta::minutes(15);

/// Whether a service may be asked.
#[derive(Default)]
pub(super) struct Pause(Mutex<Option<Failing>>);

struct Failing {
    since: Timestamp,
    because: SourceError,
    lasts: TimeDelta,
    until: Timestamp,
}

impl Pause {
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.failing().as_ref().is_none_or(|failing| failing.until <= now)
    }

    pub(super) fn because(&self) -> Option<SourceError> {
        self.failing().as_ref().map(|failing| failing.because)
    }

    /// When it failed for the first time after it had worked.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.failing().as_ref().map(|failing| failing.since)
    }

    /// It has answered.
    pub(super) fn works(&self) {
        *self.failing() = None;
    }

    /// It has not. Several questions that fail at the same time count as one; an account that is refused is not tried often:
    /// it could be locked.
    pub(super) fn begin(&self, because: SourceError, now: Timestamp) {
        let mut failing = self.failing();
        let before = failing.as_ref();
        if before.is_some_and(|before| before.until > now) {
            return;
        }
        let lasts = match (because, before) {
            (SourceError::Refused, _) => LONGEST,
            (_, Some(before)) => (before.lasts * 2).min(LONGEST),
            (_, None) => FIRST,
        };
        tracing::warn!(%because, seconds = lasts.num_seconds(), "a key service is left alone");
        let since = before.map_or(now, |before| before.since);
        *failing = Some(Failing { since, because, lasts, until: now + lasts });
    }

    fn failing(&self) -> MutexGuard<'_, Option<Failing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_fails_is_asked_less_and_less_until_it_answers() {
        let pause = Pause::default();
        let mut now = Timestamp::UNIX_EPOCH;
        for seconds in [30, 60, 120, 240, 480, 900, 900] {
            pause.begin(SourceError::Silent, now);
            pause.begin(SourceError::Silent, now + TimeDelta::seconds(1));
            assert!(!pause.is_over(now + TimeDelta::seconds(seconds - 1)));
            now += TimeDelta::seconds(seconds);
            assert!(pause.is_over(now), "after {seconds} s");
        }
        assert_eq!(pause.since(), Some(Timestamp::UNIX_EPOCH));
        pause.works();
        assert!(pause.is_over(now) && pause.because().is_none());
        pause.begin(SourceError::Refused, now);
        assert!(!pause.is_over(now + TimeDelta::minutes(14)));
    }
}
