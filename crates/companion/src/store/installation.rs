//! A lock that is being installed: from the moment when it has let the phone in until the station has its secret.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_api::dispatch::Lock;
use terskel_api::installation::NewDoorPlace;
use terskel_model::door::{DoorKind, DoorReason, LockFamily, Operation};
use terskel_model::event::EventKind;
use terskel_model::lock_report::LockReport;
use terskel_model::{DoorId, EventId, LockId, ResidentId, Timestamp, WorkerId};
use zeroize::Zeroizing;

use super::doors::Operated;
use super::events::{Draft, record};
use super::{Phone, Result, Store, id, time};
use crate::state::PhoneClock;

/// Where a lock is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) resident: ResidentId,
    /// Its address; gone with the shift.
    pub(crate) home: Option<String>,
    pub(crate) door: DoorId,
    pub(crate) kind: DoorKind,
    pub(crate) name: String,
    /// Of a door that is new: how many come before it.
    pub(crate) position: Option<u32>,
}

impl Place {
    /// What the station is told of a door that is new.
    pub(crate) fn new_door(&self) -> Option<NewDoorPlace> {
        let position = self.position?;
        Some(NewDoorPlace { kind: self.kind.clone(), name: self.name.clone(), position })
    }
}

/// How far the installation is. The secret is read where it is needed, and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InstallationFacts {
    pub(crate) place: Place,
    pub(crate) lock: Lock,
    /// Whose it is: who was let in, or whoever has tested it since.
    pub(crate) worker: WorkerId,
    /// The last test.
    pub(crate) last: Option<(Operation, Operated)>,
    /// The event that proves that it has opened.
    pub(crate) opened: Option<EventId>,
    /// The event that proves that it has locked after that.
    pub(crate) locked: Option<EventId>,
    /// None of these two waits to be sent.
    pub(crate) told: bool,
    /// The station has refused it, with this code.
    pub(crate) refused: Option<String>,
}

impl InstallationFacts {
    /// The events by which this lead has proven that it opens, and that it locks after that.
    pub(crate) fn proven_by(&self, worker: WorkerId) -> (Option<EventId>, Option<EventId>) {
        if self.worker == worker { (self.opened, self.locked) } else { (None, None) }
    }
}

/// A try to be let into a lock.
pub(crate) struct Tried<'a> {
    pub(crate) place: &'a Place,
    pub(crate) lock: &'a Lock,
    pub(crate) worker: WorkerId,
}

impl Tried<'_> {
    fn draft(&self, kind: EventKind, at: Timestamp) -> Draft {
        Draft {
            door: Some(self.place.door),
            lock: Some(LockReport::new(self.lock.id)),
            ..Draft::of_phone(kind, at, self.worker)
        }
    }
}

impl Store {
    /// The lock has let the phone in: its secret, and the event that tells so.
    pub(crate) async fn lock_paired(
        &self,
        tried: &Tried<'_>,
        credential: &[u8],
        phone: &Phone,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let (place, lock) = (tried.place, tried.lock);
        sqlx::query(
            "INSERT INTO installation (only, resident, home, door, door_kind, door_name, position, lock, family, address,
             device_id, credential, worker) VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(place.resident.to_string())
        .bind(&place.home)
        .bind(place.door.to_string())
        .bind(place.kind.as_str())
        .bind(&place.name)
        .bind(place.position)
        .bind(lock.id.to_string())
        .bind(lock.family.as_str())
        .bind(&lock.address)
        .bind(&lock.device_id)
        .bind(credential)
        .bind(tried.worker.to_string())
        .execute(&mut *tx)
        .await?;
        record(&mut tx, phone, clock, tried.draft(EventKind::LockPaired, clock.now())).await?;
        Ok(tx.commit().await?)
    }

    /// The lock has not let the phone in.
    pub(crate) async fn pairing_failed(
        &self,
        tried: &Tried<'_>,
        reason: &str,
        phone: &Phone,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let draft =
            Draft { reason: Some(reason.to_owned()), ..tried.draft(EventKind::LockPaired, clock.now()) };
        record(&mut tx, phone, clock, draft).await?;
        Ok(tx.commit().await?)
    }

    /// The secret of the lock that is being installed.
    pub(crate) async fn installation_secret(&self, lock: LockId) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let secret: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT credential FROM installation WHERE lock = $1")
                .bind(lock.to_string())
                .fetch_optional(&mut *self.connection().await?)
                .await?;
        Ok(secret.map(Zeroizing::new))
    }

    /// The station has it: nothing of the lock stays.
    pub(crate) async fn installation_done(&self, lock: LockId) -> Result<()> {
        sqlx::query("DELETE FROM installation WHERE lock = $1")
            .bind(lock.to_string())
            .execute(&mut *self.connection().await?)
            .await?;
        Ok(())
    }

    /// The station does not take it.
    pub(crate) async fn installation_refused(&self, lock: LockId, code: &str) -> Result<()> {
        sqlx::query("UPDATE installation SET refused = $2 WHERE lock = $1")
            .bind(lock.to_string())
            .bind(code)
            .execute(&mut *self.connection().await?)
            .await?;
        Ok(())
    }

    /// The lead gives it up: nothing of the lock stays, and the event tells so.
    pub(crate) async fn give_up_installation(
        &self,
        facts: &InstallationFacts,
        worker: WorkerId,
        phone: &Phone,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        wipe(&mut tx).await?;
        let tried = Tried { place: &facts.place, lock: &facts.lock, worker };
        record(&mut tx, phone, clock, tried.draft(EventKind::InstallationGivenUp, clock.now())).await?;
        Ok(tx.commit().await?)
    }
}

/// The secret of the lock, and all else of the installation.
pub(super) async fn wipe(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::query("DELETE FROM installation").execute(tx).await?;
    Ok(())
}

/// Whose home it is goes with the shift; the lock's secret stays for whoever brings it to the station.
pub(super) async fn forget_home(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::query("UPDATE installation SET home = NULL").execute(tx).await?;
    Ok(())
}

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Option<InstallationFacts>> {
    let row = sqlx::query(
        "SELECT resident, home, door, door_kind, door_name, position, lock, family, address, device_id, worker,
         operation, outcome, reason, at_ms, opened, locked, refused, NOT EXISTS (
           SELECT 1 FROM event WHERE state = 'queued' AND id IN (installation.opened, installation.locked)) AS told
         FROM installation",
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let text = |name: &str| row.try_get::<Option<String>, _>(name);
    let event = |name: &str| -> Result<Option<EventId>> { text(name)?.as_deref().map(id).transpose() };
    let last = match (text("operation")?, text("outcome")?, row.try_get::<Option<i64>, _>("at_ms")?) {
        (Some(operation), Some(outcome), Some(at)) => Some((
            Operation::from(operation.as_str()),
            Operated {
                outcome: outcome.as_str().into(),
                reason: text("reason")?.as_deref().map(DoorReason::from),
                at: time(at)?,
            },
        )),
        _ => None,
    };
    Ok(Some(InstallationFacts {
        place: Place {
            resident: id(row.try_get("resident")?)?,
            home: text("home")?,
            door: id(row.try_get("door")?)?,
            kind: DoorKind::from(row.try_get::<&str, _>("door_kind")?),
            name: row.try_get("door_name")?,
            position: row.try_get("position")?,
        },
        lock: Lock {
            id: id(row.try_get("lock")?)?,
            family: LockFamily::from(row.try_get::<&str, _>("family")?),
            address: row.try_get("address")?,
            device_id: row.try_get("device_id")?,
            log_after: 0,
        },
        worker: id(row.try_get("worker")?)?,
        last,
        opened: event("opened")?,
        locked: event("locked")?,
        told: row.try_get("told")?,
        refused: text("refused")?,
    }))
}
