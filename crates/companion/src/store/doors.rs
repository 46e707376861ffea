//! Door operations: an intention before the command goes out, one event with the outcome after.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_model::door::{DoorOutcome, DoorReason, Operation, PassReason};
use terskel_model::event::EventKind;
use terskel_model::lock_report::LockReport;
use terskel_model::{DispatchId, DoorId, KeyId, Timestamp, WorkerId};

use super::events::{Draft, record};
use super::snapshot::DoorFacts;
use super::{Phone, Result, Store, id, ms, time};
use crate::state::PhoneClock;

/// What the worker asked of a lock.
#[derive(Clone, Debug)]
pub(crate) struct Intention {
    pub(crate) dispatch: DispatchId,
    pub(crate) door: DoorId,
    pub(crate) operation: Operation,
    pub(crate) key: Option<KeyId>,
    pub(crate) worker: WorkerId,
    pub(crate) at: Timestamp,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operated {
    pub(crate) outcome: DoorOutcome,
    pub(crate) reason: Option<DoorReason>,
    pub(crate) at: Timestamp,
}

impl Store {
    /// Stored before the command goes out: a process that is killed in between finds it at its next start.
    pub(crate) async fn intend_operation(&self, intention: &Intention) -> Result<i64> {
        let done = sqlx::query(
            "INSERT INTO intention (dispatch, door, operation, key, worker, at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(intention.dispatch.to_string())
        .bind(intention.door.to_string())
        .bind(intention.operation.as_str())
        .bind(intention.key.map(|k| k.to_string()))
        .bind(intention.worker.to_string())
        .bind(ms(intention.at))
        .execute(&mut *self.connection().await?)
        .await?;
        Ok(done.last_insert_rowid())
    }

    /// The one event of the operation, its outcome at the door, and the end of the intention, together.
    pub(crate) async fn finish_operation(
        &self,
        row: Option<i64>,
        intention: &Intention,
        operated: &Operated,
        phone: &Phone,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        finish(&mut tx, row, intention, operated, phone, clock).await?;
        Ok(tx.commit().await?)
    }

    /// Operations that an earlier process began and did not live to finish: nobody knows what came of them.
    pub(crate) async fn finish_interrupted(&self, phone: &Phone, clock: &PhoneClock) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let rows = sqlx::query(
            "SELECT id, dispatch, door, operation, key, worker, at_ms FROM intention ORDER BY id",
        )
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            let key: Option<String> = row.try_get("key")?;
            let intention = Intention {
                dispatch: id(row.try_get("dispatch")?)?,
                door: id(row.try_get("door")?)?,
                operation: Operation::from(row.try_get::<&str, _>("operation")?),
                key: key.as_deref().map(id).transpose()?,
                worker: id(row.try_get("worker")?)?,
                at: time(row.try_get("at_ms")?)?,
            };
            let operated = Operated {
                outcome: DoorOutcome::Unsure,
                reason: Some(DoorReason::Interrupted),
                at: intention.at,
            };
            finish(&mut tx, Some(row.try_get("id")?), &intention, &operated, phone, clock).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What a lock has said of itself.
    pub(crate) async fn save_lock_state(
        &self,
        dispatch: DispatchId,
        door: DoorId,
        locked: Option<bool>,
        battery_percent: Option<u8>,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO door (dispatch, door, locked, battery_percent) VALUES ($1, $2, $3, $4)
             ON CONFLICT (dispatch, door) DO UPDATE SET
               locked = coalesce(excluded.locked, locked),
               battery_percent = coalesce(excluded.battery_percent, battery_percent)",
        )
        .bind(dispatch.to_string())
        .bind(door.to_string())
        .bind(locked)
        .bind(battery_percent)
        .execute(&mut *self.connection().await?)
        .await?;
        Ok(())
    }
}

impl Store {
    /// The worker passed the door without its lock, with its event.
    pub(crate) async fn pass_door(
        &self,
        (dispatch, door): (DispatchId, DoorId),
        reason: &PassReason,
        phone: &Phone,
        worker: WorkerId,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        sqlx::query(
            "INSERT INTO door (dispatch, door, passed) VALUES ($1, $2, $3)
             ON CONFLICT (dispatch, door) DO UPDATE SET passed = excluded.passed",
        )
        .bind(dispatch.to_string())
        .bind(door.to_string())
        .bind(reason.as_str())
        .execute(&mut *tx)
        .await?;
        let mut draft = Draft::new(EventKind::DoorPassed, clock.now(), worker, dispatch);
        draft.door = Some(door);
        draft.reason = Some(reason.as_str().to_owned());
        record(&mut tx, phone, clock, draft).await?;
        Ok(tx.commit().await?)
    }

    /// The worker looked at the code of its keypad: only the event.
    pub(crate) async fn code_shown(
        &self,
        (dispatch, door): (DispatchId, DoorId),
        phone: &Phone,
        worker: WorkerId,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut draft = Draft::new(EventKind::DoorCodeShown, clock.now(), worker, dispatch);
        draft.door = Some(door);
        self.tell(draft, phone, clock).await
    }

    /// What was learnt of a lock: only the event, which goes to the station.
    pub(crate) async fn report_lock(
        &self,
        (dispatch, door): (DispatchId, DoorId),
        report: LockReport,
        phone: &Phone,
        worker: WorkerId,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut draft = Draft::new(EventKind::LockReported, clock.now(), worker, dispatch);
        draft.door = Some(door);
        draft.lock = Some(report);
        self.tell(draft, phone, clock).await
    }

    /// Only the event: nothing of it is kept on the phone but to be sent.
    async fn tell(&self, draft: Draft, phone: &Phone, clock: &PhoneClock) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        record(&mut tx, phone, clock, draft).await?;
        Ok(tx.commit().await?)
    }
}

async fn finish(
    tx: &mut SqliteConnection,
    row: Option<i64>,
    intention: &Intention,
    operated: &Operated,
    phone: &Phone,
    clock: &PhoneClock,
) -> Result<()> {
    sqlx::query("DELETE FROM intention WHERE id = $1").bind(row).execute(&mut *tx).await?;
    let mut draft = Draft::new(EventKind::DoorOperated, operated.at, intention.worker, intention.dispatch);
    draft.door = Some(intention.door);
    draft.operation = Some(intention.operation.clone());
    draft.outcome = Some(operated.outcome.clone());
    draft.reason = operated.reason.as_ref().map(|r| r.as_str().to_owned());
    draft.key = intention.key;
    record(tx, phone, clock, draft).await?;
    let moved = operated.outcome != DoorOutcome::Refused;
    if let (Operation::Open, true, Some(key)) = (&intention.operation, moved, intention.key) {
        super::keys::used(tx, key).await?;
    }
    put(tx, intention, operated).await
}

async fn put(tx: &mut SqliteConnection, intention: &Intention, operated: &Operated) -> Result<()> {
    // Refused: the bolt did not move, what was known of it stands. Unsure: nothing is known of it.
    let (opened, known, locked) = match operated.outcome {
        DoorOutcome::Opened => (true, true, Some(false)),
        DoorOutcome::Locked => (false, true, Some(true)),
        DoorOutcome::Refused => (false, false, None),
        DoorOutcome::Unsure | DoorOutcome::Unknown(_) => (false, true, None),
    };
    sqlx::query(
        "INSERT INTO door (dispatch, door, operation, outcome, reason, at_ms, opened, locked)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (dispatch, door) DO UPDATE SET
           operation = excluded.operation, outcome = excluded.outcome, reason = excluded.reason,
           at_ms = excluded.at_ms, opened = max(opened, excluded.opened),
           locked = CASE WHEN $9 THEN excluded.locked ELSE locked END",
    )
    .bind(intention.dispatch.to_string())
    .bind(intention.door.to_string())
    .bind(intention.operation.as_str())
    .bind(operated.outcome.as_str())
    .bind(operated.reason.as_ref().map(|r| r.as_str().to_owned()))
    .bind(ms(operated.at))
    .bind(opened)
    .bind(locked)
    .bind(known)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Vec<DoorFacts>> {
    let rows = sqlx::query(
        "SELECT dispatch, door, operation, outcome, reason, at_ms, opened, locked, battery_percent, passed FROM door",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(DoorFacts {
                dispatch: id(row.try_get("dispatch")?)?,
                door: id(row.try_get("door")?)?,
                operation: row.try_get("operation")?,
                outcome: row.try_get("outcome")?,
                reason: row.try_get("reason")?,
                at: row.try_get::<Option<i64>, _>("at_ms")?.map(time).transpose()?,
                opened: row.try_get("opened")?,
                locked: row.try_get("locked")?,
                passed: row.try_get("passed")?,
                battery_percent: row
                    .try_get::<Option<i64>, _>("battery_percent")?
                    .and_then(|b| u8::try_from(b).ok()),
            })
        })
        .collect()
}
