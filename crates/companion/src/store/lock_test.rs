//! Opening and locking the lock that is being installed: each test with its event, and what it proves of whom.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::event::EventKind;
use terskel_model::lock_report::LockReport;
use terskel_model::{LockId, Timestamp, WorkerId};

use super::doors::Operated;
use super::events::{Draft, record};
use super::installation::{InstallationFacts, read};
use super::{Phone, Result, Store, ms, time};
use crate::state::PhoneClock;

/// A test, and what came of it.
pub(crate) struct Test<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) operated: &'a Operated,
    /// Who stood there.
    pub(crate) worker: WorkerId,
}

impl Store {
    /// Stored before the command goes out, as for any door. The installation is of whoever tests from now on: a lead brings what
    /// they have proven themselves.
    pub(crate) async fn begin_test(
        &self,
        lock: LockId,
        operation: &Operation,
        worker: WorkerId,
        at: Timestamp,
    ) -> Result<()> {
        sqlx::query(
            "UPDATE installation SET testing = $2, at_ms = $3, worker = $4,
             opened = CASE WHEN worker = $4 THEN opened END, locked = CASE WHEN worker = $4 THEN locked END
             WHERE lock = $1",
        )
        .bind(lock.to_string())
        .bind(operation.as_str())
        .bind(ms(at))
        .bind(worker.to_string())
        .execute(&mut *self.connection().await?)
        .await?;
        Ok(())
    }

    /// The one event of a test and what it proves, together.
    pub(crate) async fn finish_test(
        &self,
        facts: &InstallationFacts,
        test: &Test<'_>,
        report: LockReport,
        (phone, clock): (&Phone, &PhoneClock),
    ) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        tested(&mut tx, facts, test, report, (phone, clock)).await?;
        Ok(tx.commit().await?)
    }

    /// A test that an earlier process did not live to finish: nobody knows what came of it.
    pub(crate) async fn finish_interrupted_test(&self, phone: &Phone, clock: &PhoneClock) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let row = sqlx::query("SELECT testing, at_ms FROM installation WHERE testing IS NOT NULL")
            .fetch_optional(&mut *tx)
            .await?;
        let (Some(row), Some(facts)) = (row, read(&mut tx).await?) else { return Ok(()) };
        let operation = Operation::from(row.try_get::<&str, _>("testing")?);
        let operated = Operated {
            outcome: DoorOutcome::Unsure,
            reason: Some(DoorReason::Interrupted),
            at: time(row.try_get("at_ms")?)?,
        };
        let report = LockReport::new(facts.lock.id);
        let test = Test { operation: &operation, operated: &operated, worker: facts.worker };
        tested(&mut tx, &facts, &test, report, (phone, clock)).await?;
        Ok(tx.commit().await?)
    }
}

async fn tested(
    tx: &mut SqliteConnection,
    facts: &InstallationFacts,
    &Test { operation, operated, worker }: &Test<'_>,
    report: LockReport,
    (phone, clock): (&Phone, &PhoneClock),
) -> Result<()> {
    let draft = Draft {
        door: Some(facts.place.door),
        operation: Some(operation.clone()),
        outcome: Some(operated.outcome.clone()),
        reason: operated.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        lock: Some(report),
        ..Draft::of_phone(EventKind::LockTested, operated.at, worker)
    };
    let event = record(tx, phone, clock, draft).await?;
    let (was_opened, was_locked) = facts.proven_by(worker);
    // Opening again asks for another locking after it.
    let (opened, locked) = match (operation, &operated.outcome) {
        (Operation::Open, DoorOutcome::Opened) => (Some(event), None),
        (Operation::Lock, DoorOutcome::Locked) => (was_opened, was_opened.map(|_| event)),
        _ => (was_opened, was_locked),
    };
    sqlx::query(
        "UPDATE installation SET operation = $2, outcome = $3, reason = $4, at_ms = $5, opened = $6, locked = $7,
         worker = $8, testing = NULL, refused = NULL WHERE lock = $1",
    )
    .bind(facts.lock.id.to_string())
    .bind(operation.as_str())
    .bind(operated.outcome.as_str())
    .bind(operated.reason.as_ref().map(|reason| reason.as_str().to_owned()))
    .bind(ms(operated.at))
    .bind(opened.map(|event| event.to_string()))
    .bind(locked.map(|event| event.to_string()))
    .bind(worker.to_string())
    .execute(tx)
    .await?;
    Ok(())
}
