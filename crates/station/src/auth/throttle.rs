//! Wrong PINs and one-time codes are counted in the database, before they are checked: neither a restart nor many at
//! once gives more guesses. Unknown staff numbers are counted the same way.

use std::time::Duration;

use sqlx::AnyConnection;
use terskel_api::problem::{ProblemDetails, code};
use terskel_model::WorkerId;

use super::token::hash;
use crate::app::App;
use crate::db::{Columns, Write, ms};
use crate::problem::{Failure, problem};

/// How guesses at one thing are slowed.
#[derive(Clone, Copy)]
struct Limits {
    /// The wrong ones just before the first that locks make the next one wait, growing.
    slowed: &'static [Duration],
    /// This wrong one is the first that locks.
    first_that_locks: i64,
    /// The first lock; each further wrong guess doubles it.
    first_lock: Duration,
    /// The longest lock.
    longest_lock: Duration,
    /// After so long without an attempt, the count starts anew.
    forget_after: Duration,
}

const PIN: Limits = Limits {
    slowed: &[Duration::from_secs(5), Duration::from_secs(15)],
    first_that_locks: 5,
    first_lock: Duration::from_secs(60),
    longest_lock: Duration::from_secs(60 * 60),
    forget_after: Duration::from_secs(24 * 60 * 60),
};

/// One count for everybody: a code names no phone. The lock stays short, for it stops all who enrol; even at one guess
/// a minute, 40 bits do not fall within a code's hour.
const CODE: Limits = Limits {
    slowed: &[],
    first_that_locks: 20,
    first_lock: Duration::from_secs(60),
    longest_lock: Duration::from_secs(60),
    forget_after: Duration::from_secs(10 * 60),
};

/// Residents' numbers, by worker. Short, too: somebody may be in need.
const RESIDENT: Limits = Limits {
    slowed: &[],
    first_that_locks: 5,
    first_lock: Duration::from_secs(60),
    longest_lock: Duration::from_secs(60),
    forget_after: Duration::from_secs(10 * 60),
};

/// Counts an attempt, as a wrong one until [`Forgive`] says otherwise.
pub(crate) struct Attempt {
    subject: String,
    limits: Limits,
}

/// What the attempt may do.
pub(crate) enum Ticket {
    /// Check the PIN or code. If it is wrong, the subject is locked for so long, if at all.
    Check { lock_if_wrong: Option<Duration> },
    /// Do not even look at it.
    Locked(Duration),
}

impl Attempt {
    /// `door` keeps what is guessed without a phone from locking a worker's phone out.
    pub(crate) fn pin(door: &str, staff_number: &str) -> Self {
        Self { subject: hash(&format!("{door}:{staff_number}")), limits: PIN }
    }

    /// Of a one-time code.
    pub(crate) fn enrolment() -> Self {
        Self { subject: "enrol".to_owned(), limits: CODE }
    }

    /// Of a resident's number, in an emergency.
    pub(crate) fn resident(worker: WorkerId) -> Self {
        Self { subject: hash(&format!("resident:{worker}")), limits: RESIDENT }
    }

    async fn locked(&self, now: i64, tx: &mut AnyConnection) -> Result<Ticket, Failure> {
        let row = sqlx::query("SELECT locked_until_ms FROM throttle WHERE subject = $1")
            .bind(&self.subject)
            .fetch_one(tx)
            .await?;
        let left = u64::try_from(row.int("locked_until_ms")? - now).unwrap_or(0);
        Ok(Ticket::Locked(Duration::from_millis(left)))
    }

    pub(crate) fn forgive(&self) -> Forgive {
        Forgive { subject: self.subject.clone() }
    }
}

/// The problem that tells of a locked staff number.
pub(crate) fn locked_out(left: Duration) -> Failure {
    wait(code::LOCKED_OUT, left)
}

/// The problem that tells of too many wrong codes.
pub(crate) fn slow_down(left: Duration) -> Failure {
    wait(code::SLOW_DOWN, left)
}

fn wait(code: &str, left: Duration) -> Failure {
    let whole_seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    ProblemDetails { retry_after_s: Some(whole_seconds), ..problem(code) }.into()
}

impl Limits {
    fn lock_for(self, failed: i64) -> Option<Duration> {
        let before = usize::try_from(self.first_that_locks.saturating_sub(failed)).unwrap_or(0);
        if before > 0 {
            return self.slowed.len().checked_sub(before).map(|step| self.slowed[step]);
        }
        let doublings = u32::try_from(failed.checked_sub(self.first_that_locks)?.min(10)).ok()?;
        Some(self.first_lock.saturating_mul(1 << doublings).min(self.longest_lock))
    }
}

fn span_ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

impl Write for Attempt {
    type Output = Ticket;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Ticket, Failure> {
        let now = ms(app.now());
        sqlx::query("DELETE FROM throttle WHERE last_ms < $1 OR (subject = $2 AND last_ms < $3)")
            .bind(now - span_ms(PIN.forget_after))
            .bind(&self.subject)
            .bind(now - span_ms(self.limits.forget_after))
            .execute(&mut *tx)
            .await?;
        // One statement looks for the lock and counts: a second attempt at the same moment waits for the first.
        let counted = sqlx::query(
            "INSERT INTO throttle (subject, failed, last_ms, locked_until_ms) VALUES ($1, 1, $2, 0)
             ON CONFLICT (subject) DO UPDATE SET failed = throttle.failed + 1, last_ms = $2
             WHERE throttle.locked_until_ms <= $2
             RETURNING failed",
        )
        .bind(&self.subject)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = counted else { return self.locked(now, tx).await };
        let failed = row.int("failed")?;
        let lock_if_wrong = self.limits.lock_for(failed);
        if let Some(lock) = lock_if_wrong {
            sqlx::query("UPDATE throttle SET locked_until_ms = $1 WHERE subject = $2")
                .bind(now + span_ms(lock))
                .bind(&self.subject)
                .execute(tx)
                .await?;
        }
        Ok(Ticket::Check { lock_if_wrong })
    }
}

/// The PIN or code was right: the count is wiped.
pub(crate) struct Forgive {
    subject: String,
}

impl Write for Forgive {
    type Output = ();

    async fn run(&self, _app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::query("DELETE FROM throttle WHERE subject = $1").bind(&self.subject).execute(tx).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_pins_are_slowed_from_the_third_and_from_the_fifth_it_doubles_up_to_an_hour() {
        let seconds = |failed| PIN.lock_for(failed).map(|lock| lock.as_secs());
        assert_eq!([1, 2, 3, 4].map(seconds), [None, None, Some(5), Some(15)]);
        assert_eq!(seconds(5), Some(60));
        assert_eq!(seconds(6), Some(120));
        assert_eq!(seconds(10), Some(1920));
        assert_eq!(seconds(11), Some(3600));
        assert_eq!(seconds(i64::MAX), Some(3600));
    }

    #[test]
    fn wrong_codes_never_stop_everybody_for_more_than_a_minute() {
        let seconds = |failed| CODE.lock_for(failed).map(|lock| lock.as_secs());
        assert_eq!([seconds(19), seconds(20), seconds(i64::MAX)], [None, Some(60), Some(60)]);
    }
}
