//! One audit entry.

use std::slice;

use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_keys::audit::{Body, StationEvent, Told, ToldByPhone};
use terskel_keys::log::Hash;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent, Proof};
use terskel_model::trusted_time::ClockQuality;
use terskel_model::{DispatchId, DoorId, EventId, KeyId, PermissionId, PhoneId, Timestamp, WorkerId};

use crate::app::App;
use crate::db::{in_brackets, ms};
use crate::log;
use crate::problem::Failure;

/// Who did what, when, to which door, by which proof, with which outcome.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: EventId,
    pub(crate) at: Timestamp,
    /// How much a phone's time is worth.
    pub(crate) clock: Option<ClockQuality>,
    pub(crate) kind: EventKind,
    pub(crate) proof: Proof,
    pub(crate) dispatch: Option<DispatchId>,
    /// A visit that nobody was dispatched to.
    pub(crate) visit: Option<DispatchId>,
    pub(crate) worker: Option<WorkerId>,
    pub(crate) phone: Option<PhoneId>,
    pub(crate) door: Option<DoorId>,
    pub(crate) operation: Option<Operation>,
    pub(crate) outcome: Option<DoorOutcome>,
    pub(crate) reason: Option<String>,
    pub(crate) key: Option<KeyId>,
    /// Hash of the document that it is about.
    pub(crate) document: Option<Hash>,
    /// What there is to say of a phone's signed event.
    pub(crate) told: Option<ToldByPhone>,
    pub(crate) permission: Option<PermissionId>,
}

impl Entry {
    /// What the station did or saw itself, now.
    pub(crate) fn of_station(app: &App, kind: EventKind) -> Self {
        Self {
            id: EventId::new(&*app.world),
            at: app.now(),
            clock: None,
            kind,
            proof: Proof::Station,
            dispatch: None,
            visit: None,
            worker: None,
            phone: None,
            door: None,
            operation: None,
            outcome: None,
            reason: None,
            key: None,
            document: None,
            told: None,
            permission: None,
        }
    }

    /// What a phone has told.
    pub(crate) fn of_phone(event: &PhoneEvent, proof: Proof, told: ToldByPhone) -> Self {
        Self {
            id: event.id,
            at: event.at,
            clock: event.clock.clone(),
            kind: event.kind.clone(),
            proof: proof.clone(),
            dispatch: event.dispatch,
            visit: event.visit,
            worker: Some(event.worker),
            phone: Some(event.phone),
            door: event.door,
            operation: event.operation.clone(),
            outcome: event.outcome.clone(),
            reason: event.reason.clone(),
            key: event.key,
            document: None,
            told: Some(ToldByPhone { proof: Some(proof), ..told }),
            permission: None,
        }
    }

    /// Stores it and enters it in the log, in the transaction of what it tells about.
    pub(crate) async fn store(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let stored_at = app.now();
        write_down(slice::from_ref(self), stored_at, tx).await?;
        log::enter(app, tx, &[self.body(stored_at)]).await
    }

    /// What is entered in the log.
    pub(crate) fn body(&self, stored_at: Timestamp) -> Body {
        let told = match &self.told {
            Some(told) => Told::ByPhone(told.clone()),
            None => Told::ByStation(StationEvent {
                at: self.at,
                kind: self.kind.clone(),
                proof: self.proof.clone(),
                dispatch: self.dispatch,
                worker: self.worker,
                phone: self.phone,
                door: self.door,
                operation: self.operation.clone(),
                outcome: self.outcome.clone(),
                reason: self.reason.clone(),
                key: self.key,
                permission: self.permission,
                document: self.document,
            }),
        };
        Body { id: self.id, stored_at, told }
    }
}

/// Into the trail that people read; the caller enters their bodies in the log.
pub(crate) async fn write_down(
    entries: &[Entry],
    stored_at: Timestamp,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO audit (id, at_ms, stored_ms, kind, dispatch_id, worker_id, phone_id, door_id, operation, outcome,
         reason, key_id, permission_id, proof, clock, visit_id) VALUES {}",
        in_brackets(entries.len(), 16)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for entry in entries {
        query = query
            .bind(entry.id.to_string())
            .bind(ms(entry.at))
            .bind(ms(stored_at))
            .bind(entry.kind.as_str().to_owned())
            .bind(entry.dispatch.map(|id| id.to_string()))
            .bind(entry.worker.map(|id| id.to_string()))
            .bind(entry.phone.map(|id| id.to_string()))
            .bind(entry.door.map(|id| id.to_string()))
            .bind(entry.operation.as_ref().map(|o| o.as_str().to_owned()))
            .bind(entry.outcome.as_ref().map(|o| o.as_str().to_owned()))
            .bind(entry.reason.clone())
            .bind(entry.key.map(|id| id.to_string()))
            .bind(entry.permission.map(|id| id.to_string()))
            .bind(entry.proof.as_str().to_owned())
            .bind(entry.clock.as_ref().map(|clock| clock.as_str().to_owned()))
            .bind(entry.visit.map(|id| id.to_string()));
    }
    query.execute(tx).await?;
    Ok(())
}
