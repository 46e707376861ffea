//! For how long.

use std::ops::RangeInclusive;

use chrono::TimeDelta;
use terskel_model::Timestamp;

/// How many days things are kept after they have ended. Each is at least as long as the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    use_days: u32,
    words_days: u32,
    trail_days: u32,
}

/// Which of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Nobody needs it from the moment on when it has ended.
    AtOnce,
    /// What somebody may still come back to: a phone with events of an old session, a resident with the service again.
    Use,
    /// What people have written, and who did not go.
    Words,
    /// What the audit trail says, and what it speaks of.
    Trail,
}

/// Why these periods cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetentionError {
    /// One is too short or too long.
    #[error("--{0} takes {1} to {2} days")]
    Bounds(&'static str, u32, u32),
    /// What people have written would go before, or stay longer than, what it belongs to.
    #[error("--keep-use-days is at most --keep-words-days, and that at most --keep-trail-days")]
    Order,
}

const USE: RangeInclusive<u32> = 30..=365;
const WORDS: RangeInclusive<u32> = 30..=1827;
/// The trail is never shorter than what an administrator may erase of it by hand: see `audit/erase.rs`.
const TRAIL: RangeInclusive<u32> = 90..=3653;

impl Default for Retention {
    /// A quarter, a year, five years. Why: `docs/retention.md`.
    fn default() -> Self {
        Self { use_days: 90, words_days: 365, trail_days: 1827 }
    }
}

impl Retention {
    /// These periods, in days; where one is left out, as [`Default`] has it.
    ///
    /// # Errors
    /// [`RetentionError`] when one is out of its bounds, or they are not in this order.
    pub fn new(
        use_days: Option<u32>,
        words_days: Option<u32>,
        trail_days: Option<u32>,
    ) -> Result<Self, RetentionError> {
        let default = Self::default();
        let use_days = use_days.unwrap_or(default.use_days);
        let words_days = words_days.unwrap_or(default.words_days);
        let trail_days = trail_days.unwrap_or(default.trail_days);
        for (name, days, bounds) in [
            ("keep-use-days", use_days, USE),
            ("keep-words-days", words_days, WORDS),
            ("keep-trail-days", trail_days, TRAIL),
        ] {
            if !bounds.contains(&days) {
                return Err(RetentionError::Bounds(name, *bounds.start(), *bounds.end()));
            }
        }
        let ordered = use_days <= words_days && words_days <= trail_days;
        if ordered { Ok(Self { use_days, words_days, trail_days }) } else { Err(RetentionError::Order) }
    }

    /// What ended before then has reached the end of its time at `now`.
    pub(super) fn limit(&self, after: After, now: Timestamp) -> Timestamp {
        let days = match after {
            After::AtOnce => 0,
            After::Use => self.use_days,
            After::Words => self.words_days,
            After::Trail => self.trail_days,
        };
        now - TimeDelta::days(days.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(use_days: u32, words_days: u32, trail_days: u32) -> Result<Retention, RetentionError> {
        Retention::new(Some(use_days), Some(words_days), Some(trail_days))
    }

    #[test]
    fn periods_have_bounds_and_an_order() {
        assert_eq!(Retention::new(None, None, None), Ok(Retention::default()));
        assert_eq!(kept(30, 30, 90).map(|kept| kept.trail_days), Ok(90));
        let short = RetentionError::Bounds("keep-use-days", 30, 365);
        assert_eq!(kept(29, 365, 1827), Err(short));
        assert_eq!(short.to_string(), "--keep-use-days takes 30 to 365 days");
        assert_eq!(kept(30, 1828, 3653), Err(RetentionError::Bounds("keep-words-days", 30, 1827)));
        assert_eq!(kept(30, 30, 3654), Err(RetentionError::Bounds("keep-trail-days", 90, 3653)));
        assert_eq!(kept(120, 90, 365), Err(RetentionError::Order));
        assert_eq!(kept(30, 120, 90), Err(RetentionError::Order));
    }

    #[test]
    fn the_document_tells_of_the_periods() {
        let document = include_str!("../../../../docs/retention.md");
        let Retention { use_days, words_days, trail_days } = Retention::default();
        for (option, days, bounds) in
            [("use", use_days, USE), ("words", words_days, WORDS), ("trail", trail_days, TRAIL)]
        {
            let told =
                format!("| `--keep-{option}-days` | {days} | {} to {} |", bounds.start(), bounds.end());
            assert!(document.contains(&told), "{told}");
        }
    }
}
