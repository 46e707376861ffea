//! All that the phone knows, read at one moment.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_api::continuity::Continuity;
use terskel_api::dispatch::Dispatch;
use terskel_model::door::Operation;
use terskel_model::{DispatchId, DoorId, EventId, KeyId, LockId, Timestamp};

use super::{AppLock, InstallationFacts, Phone, Result, RosterFacts, Session, Standing, Store, id, time};

/// The store's content, but for the signed events. Has no `Debug`: it is full of residents.
#[derive(Clone, Default)]
pub(crate) struct Snapshot {
    pub(crate) phone: Option<Phone>,
    pub(crate) session: Option<Session>,
    /// A session that the station has taken away: it sends the last events.
    pub(crate) parting: Option<Session>,
    /// What unlocks the app.
    pub(crate) app_lock: Option<AppLock>,
    pub(crate) cursor: Option<String>,
    pub(crate) dispatches: Vec<Dispatch>,
    /// Of dispatches, and of the shift for the doors of this worker's visits.
    pub(crate) keys: Vec<KeyFacts>,
    /// When the last key of the shift ends, of each lock that there are such for.
    pub(crate) shift_ends: Vec<Timestamp>,
    /// How far the homes of the team are here. They are asked for one by one: there are thousands.
    pub(crate) roster: RosterFacts,
    /// Which version of all that the station gives for the shift is here; empty: none, or not all of it.
    pub(crate) bundle: String,
    pub(crate) continuity: Continuity,
    /// Newest first.
    pub(crate) visits: Vec<VisitFacts>,
    pub(crate) doors: Vec<DoorFacts>,
    /// The lock that is being installed.
    pub(crate) installation: Option<InstallationFacts>,
    /// How many orders to wipe this session has followed.
    pub(crate) followed: u32,
    pub(crate) unsent: u32,
    pub(crate) refusals: Vec<Refusal>,
}

/// A digital key that has been verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyFacts {
    pub(crate) id: KeyId,
    /// None: of the shift.
    pub(crate) dispatch: Option<DispatchId>,
    pub(crate) lock: LockId,
    /// It opens its door once.
    pub(crate) once: bool,
    /// It may open, and it may lock.
    pub(crate) opens: bool,
    pub(crate) locks: bool,
    pub(crate) state: KeyState,
    pub(crate) expires: Timestamp,
    pub(crate) bytes: Vec<u8>,
}

impl KeyFacts {
    /// Whether it is there for this, as far as its own word and its state go.
    pub(crate) fn may(&self, operation: &Operation) -> bool {
        match (operation, self.state) {
            (_, KeyState::Withdrawn) | (Operation::Open, KeyState::Used) => false,
            (Operation::Open, KeyState::Good) => self.opens,
            _ => self.locks,
        }
    }
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyState {
    Good,
    /// It was for once, and has opened: it still locks.
    Used,
    /// It was taken away, and its bytes are wiped.
    Withdrawn,
}

/// A visit of this shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VisitFacts {
    pub(crate) dispatch: DispatchId,
    /// Nobody was dispatched: there is no alarm.
    pub(crate) own: bool,
    pub(crate) standing: Standing,
    pub(crate) resident_name: Option<String>,
    pub(crate) accepted_at: Timestamp,
    pub(crate) arrived_at: Option<Timestamp>,
    pub(crate) left_at: Option<Timestamp>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) unsent: u32,
}

/// What is known of a door of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DoorFacts {
    pub(crate) dispatch: DispatchId,
    pub(crate) door: DoorId,
    pub(crate) operation: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) at: Option<Timestamp>,
    /// Has opened at least once in this visit.
    pub(crate) opened: bool,
    pub(crate) locked: Option<bool>,
    pub(crate) battery_percent: Option<u8>,
    /// How the worker passed it without its lock.
    pub(crate) passed: Option<String>,
}

impl DoorFacts {
    /// Is it behind the worker, on the way in?
    pub(crate) fn is_behind(&self) -> bool {
        self.opened || self.passed.is_some()
    }
}

/// An event that the station refused for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) event: EventId,
    pub(crate) kind: String,
    pub(crate) at: Timestamp,
    pub(crate) code: String,
}

impl Snapshot {
    /// The visit that is going on: this phone's dispatch that the worker has not ended.
    pub(crate) fn open_visit(&self) -> Option<(&VisitFacts, &Dispatch)> {
        self.visits.iter().filter(|v| v.closed_at.is_none()).find_map(|v| {
            let dispatch = self.dispatches.iter().find(|d| d.id == v.dispatch && d.mine)?;
            Some((v, dispatch))
        })
    }

    /// What is known of a door in a visit.
    pub(crate) fn door(&self, dispatch: DispatchId, door: DoorId) -> Option<&DoorFacts> {
        self.doors.iter().find(|d| d.dispatch == dispatch && d.door == door)
    }

    /// The digital keys for a lock in a visit, of its dispatch and of the shift: those that are not taken away.
    pub(crate) fn keys_for(&self, dispatch: DispatchId, lock: LockId) -> impl Iterator<Item = &KeyFacts> {
        self.keys_of(dispatch, lock).filter(|key| key.state != KeyState::Withdrawn)
    }

    /// Until when the worker may open this lock, else at least lock it.
    pub(crate) fn key_until(&self, dispatch: DispatchId, lock: LockId) -> Option<Timestamp> {
        let best = self.keys_for(dispatch, lock).max_by_key(|key| (key.may(&Operation::Open), key.expires));
        best.map(|key| key.expires)
    }

    /// There is no key for this lock any more, or this one was taken away.
    pub(crate) fn is_gone(&self, key: KeyId, dispatch: DispatchId, lock: LockId) -> bool {
        match self.keys_of(dispatch, lock).find(|held| held.id == key) {
            Some(held) => held.state == KeyState::Withdrawn,
            // Replaced by a newer one, perhaps.
            None => self.keys_for(dispatch, lock).next().is_none(),
        }
    }

    /// Whether there was a key for this lock that was taken away.
    pub(crate) fn key_withdrawn(&self, dispatch: DispatchId, lock: LockId) -> bool {
        self.keys_of(dispatch, lock).any(|key| key.state == KeyState::Withdrawn)
    }

    fn keys_of(&self, dispatch: DispatchId, lock: LockId) -> impl Iterator<Item = &KeyFacts> {
        self.keys.iter().filter(move |k| k.dispatch.is_none_or(|of| of == dispatch) && k.lock == lock)
    }
}

impl Store {
    /// Reads everything in one transaction.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let (session, parting) = match super::session::read(&mut tx).await? {
            Some(gone) if gone.withdrawn.is_some() => (None, Some(gone)),
            session => (session, None),
        };
        let (bundle, continuity) = super::keys::bundle(&mut tx).await?;
        let dispatches = super::dispatches::read(&mut tx).await?;
        let snapshot = Snapshot {
            keys: super::keys::read(&mut tx, &locks(&dispatches)).await?,
            shift_ends: super::keys::ends(&mut tx).await?,
            dispatches,
            bundle,
            continuity,
            phone: self.read_phone(&mut tx).await?,
            session,
            parting,
            app_lock: super::app_lock::read(&mut tx).await?,
            cursor: sqlx::query_scalar("SELECT last_event_id FROM cursor").fetch_optional(&mut *tx).await?,
            roster: super::roster::read(&mut tx).await?,
            visits: super::visits::read(&mut tx).await?,
            doors: super::doors::read(&mut tx).await?,
            installation: super::installation::read(&mut tx).await?,
            followed: super::asked::followed(&mut tx).await?,
            unsent: sqlx::query_scalar("SELECT count(*) FROM event WHERE state = 'queued'")
                .fetch_one(&mut *tx)
                .await?,
            refusals: refusals(&mut tx).await?,
        };
        tx.commit().await?;
        Ok(snapshot)
    }
}

/// Of the doors on the worker's own ways.
fn locks(dispatches: &[Dispatch]) -> Vec<LockId> {
    let details = dispatches.iter().filter(|dispatch| dispatch.mine).filter_map(|own| own.details.as_ref());
    details.flat_map(|details| &details.doors).filter_map(|door| Some(door.lock.as_ref()?.id)).collect()
}

async fn refusals(connection: &mut SqliteConnection) -> Result<Vec<Refusal>> {
    let rows =
        sqlx::query("SELECT id, kind, at_ms, code FROM event WHERE state = 'refused' ORDER BY position")
            .fetch_all(connection)
            .await?;
    rows.iter()
        .map(|row| {
            Ok(Refusal {
                event: id(row.try_get("id")?)?,
                kind: row.try_get("kind")?,
                at: time(row.try_get("at_ms")?)?,
                code: row.try_get::<Option<String>, _>("code")?.unwrap_or_default(),
            })
        })
        .collect()
}
