//! Wrong PINs are counted in the database, before they are checked: neither a restart nor many at once gives more
//! guesses. Unknown staff numbers are counted the same way.

use std::time::Duration;

use sqlx::AnyConnection;
use terskel_api::problem::{ProblemDetails, code};

use super::token::hash;
use crate::app::App;
use crate::db::{Columns, Write, ms};
use crate::problem::{Failure, problem};

/// Wrong PINs before the first lock.
const FREE: i64 = 5;
/// The first lock; each further wrong PIN doubles it.
const FIRST_LOCK: Duration = Duration::from_secs(60);
/// The longest lock.
const LONGEST_LOCK: Duration = Duration::from_secs(60 * 60);
/// After so long without an attempt, the count starts anew.
const FORGET_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Counts an attempt, as a wrong one until [`Forgive`] says otherwise.
pub(crate) struct Attempt {
    subject: String,
}

/// What the attempt may do.
pub(crate) enum Ticket {
    /// Check the PIN. If it is wrong, the subject is locked for so long, if at all.
    Check { lock_if_wrong: Option<Duration> },
    /// Do not even look at it.
    Locked(Duration),
}

impl Attempt {
    /// `door` keeps what is guessed without a phone from locking a worker's phone out.
    pub(crate) fn new(door: &str, staff_number: &str) -> Self {
        Self { subject: hash(&format!("{door}:{staff_number}")) }
    }

    async fn locked(&self, now: i64, tx: &mut AnyConnection) -> Result<Ticket, Failure> {
        let row = sqlx::query("SELECT locked_until_ms FROM sign_in_throttle WHERE subject = $1")
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

/// The problem that tells of a lock.
pub(crate) fn locked_out(left: Duration) -> Failure {
    let whole_seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    ProblemDetails { retry_after_s: Some(whole_seconds), ..problem(code::LOCKED_OUT) }.into()
}

fn lock_for(failed: i64) -> Option<Duration> {
    let doublings = u32::try_from(failed.checked_sub(FREE)?.min(10)).ok()?;
    Some(FIRST_LOCK.saturating_mul(1 << doublings).min(LONGEST_LOCK))
}

fn span_ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

impl Write for Attempt {
    type Output = Ticket;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Ticket, Failure> {
        let now = ms(app.now());
        sqlx::query("DELETE FROM sign_in_throttle WHERE last_ms < $1")
            .bind(now - span_ms(FORGET_AFTER))
            .execute(&mut *tx)
            .await?;
        // One statement looks for the lock and counts: a second attempt at the same moment waits for the first.
        let counted = sqlx::query(
            "INSERT INTO sign_in_throttle (subject, failed, last_ms, locked_until_ms) VALUES ($1, 1, $2, 0)
             ON CONFLICT (subject) DO UPDATE SET failed = sign_in_throttle.failed + 1, last_ms = $2
             WHERE sign_in_throttle.locked_until_ms <= $2
             RETURNING failed",
        )
        .bind(&self.subject)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = counted else { return self.locked(now, tx).await };
        let failed = row.int("failed")?;
        let lock_if_wrong = lock_for(failed);
        if let Some(lock) = lock_if_wrong {
            sqlx::query("UPDATE sign_in_throttle SET locked_until_ms = $1 WHERE subject = $2")
                .bind(now + span_ms(lock))
                .bind(&self.subject)
                .execute(tx)
                .await?;
        }
        Ok(Ticket::Check { lock_if_wrong })
    }
}

/// The PIN was right: the count is wiped.
pub(crate) struct Forgive {
    subject: String,
}

impl Write for Forgive {
    type Output = ();

    async fn run(&self, _app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::query("DELETE FROM sign_in_throttle WHERE subject = $1")
            .bind(&self.subject)
            .execute(tx)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_wrong_pin_locks_for_a_minute_and_then_it_doubles_up_to_an_hour() {
        let seconds = |failed| lock_for(failed).map(|lock| lock.as_secs());
        assert_eq!(seconds(4), None);
        assert_eq!(seconds(5), Some(60));
        assert_eq!(seconds(6), Some(120));
        assert_eq!(seconds(10), Some(1920));
        assert_eq!(seconds(11), Some(3600));
        assert_eq!(seconds(i64::MAX), Some(3600));
    }
}
