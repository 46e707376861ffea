//! The outbox: events are signed and stored in the same transaction as the fact they tell, before anything is sent.

use sqlx::{Connection as _, QueryBuilder, Row as _, SqliteConnection};
use terskel_keys::event;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, PhoneEvent};
use terskel_model::lock_report::LockReport;
use terskel_model::{DispatchId, DoorId, EventId, KeyId, ResidentId, Timestamp, WithdrawalId, WorkerId};

use super::visits::Belongs;
use super::{Phone, Result, Store, StoreError, id, ms};
use crate::state::PhoneClock;

/// An event before the phone has numbered and signed it.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) at: Timestamp,
    pub(crate) worker: WorkerId,
    pub(crate) kind: EventKind,
    pub(crate) dispatch: Option<DispatchId>,
    /// Whose home a visit that begins is to.
    pub(crate) resident: Option<ResidentId>,
    pub(crate) door: Option<DoorId>,
    pub(crate) operation: Option<Operation>,
    pub(crate) outcome: Option<DoorOutcome>,
    pub(crate) reason: Option<String>,
    pub(crate) key: Option<KeyId>,
    pub(crate) receipt: Option<String>,
    /// The order that was followed.
    pub(crate) withdrawal: Option<WithdrawalId>,
    /// The name of the session in which the phone wiped itself.
    pub(crate) session: Option<String>,
    pub(crate) lock: Option<LockReport>,
}

impl Draft {
    /// Something that happened on the phone, in no dispatch.
    pub(crate) fn of_phone(kind: EventKind, at: Timestamp, worker: WorkerId) -> Self {
        Self {
            at,
            worker,
            kind,
            dispatch: None,
            resident: None,
            door: None,
            operation: None,
            outcome: None,
            reason: None,
            key: None,
            receipt: None,
            withdrawal: None,
            session: None,
            lock: None,
        }
    }

    /// Something that happened in a visit.
    pub(crate) fn new(kind: EventKind, at: Timestamp, worker: WorkerId, dispatch: DispatchId) -> Self {
        Self { dispatch: Some(dispatch), ..Self::of_phone(kind, at, worker) }
    }
}

/// An event that waits to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    pub(crate) id: EventId,
    /// The dispatch or visit it belongs to.
    pub(crate) subject: Option<DispatchId>,
    pub(crate) signed: Vec<u8>,
}

/// Numbers, chains, signs and stores `draft`, inside the caller's transaction.
pub(super) async fn record(
    tx: &mut SqliteConnection,
    phone: &Phone,
    clock: &PhoneClock,
    draft: Draft,
) -> Result<EventId> {
    let (sequence, previous) = end_of_chain(tx, phone).await?;
    let (mut dispatch, mut visit) = (draft.dispatch, None);
    if let Some(id) = dispatch {
        match super::visits::of(tx, id).await? {
            Belongs::Dispatch => {}
            Belongs::OwnVisit => (dispatch, visit) = (None, Some(id)),
            Belongs::Nowhere => dispatch = None,
        }
    }
    let told = PhoneEvent {
        id: EventId::new(clock.world()),
        phone: phone.id,
        sequence: sequence + 1,
        previous,
        at: draft.at,
        clock: Some(clock.quality()),
        worker: draft.worker,
        kind: draft.kind,
        dispatch,
        visit,
        resident: draft.resident,
        door: draft.door,
        operation: draft.operation,
        outcome: draft.outcome,
        reason: draft.reason,
        key: draft.key,
        receipt: draft.receipt,
        withdrawal: draft.withdrawal,
        session: draft.session,
        lock: draft.lock,
    };
    let signed = event::sign(&told, &phone.identity).map_err(|_| StoreError::Signing)?;
    sqlx::query(
        "INSERT INTO chain (phone, sequence, previous) VALUES ($1, $2, $3)
         ON CONFLICT (phone) DO UPDATE SET sequence = excluded.sequence, previous = excluded.previous",
    )
    .bind(phone.id.to_string())
    .bind(i64::try_from(told.sequence).map_err(|_| StoreError::Unreadable("sequence"))?)
    .bind(event::chain_hash(&signed).to_vec())
    .execute(&mut *tx)
    .await?;
    sqlx::query("INSERT INTO event (id, dispatch, kind, at_ms, signed) VALUES ($1, $2, $3, $4, $5)")
        .bind(told.id.to_string())
        .bind(draft.dispatch.map(|d| d.to_string()))
        .bind(told.kind.as_str())
        .bind(ms(told.at))
        .bind(signed)
        .execute(&mut *tx)
        .await?;
    Ok(told.id)
}

async fn end_of_chain(tx: &mut SqliteConnection, phone: &Phone) -> Result<(u64, [u8; 32])> {
    let row = sqlx::query("SELECT sequence, previous FROM chain WHERE phone = $1")
        .bind(phone.id.to_string())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok((0, [0; 32])) };
    let previous: Vec<u8> = row.try_get("previous")?;
    Ok((
        row.try_get::<i64, _>("sequence")?.unsigned_abs(),
        previous.try_into().map_err(|_| StoreError::Unreadable("hash"))?,
    ))
}

impl Store {
    /// The oldest events that wait, with the attempt already counted. What belongs to one of `aside` is left.
    pub(crate) async fn take_for_sending(
        &self,
        most: u32,
        aside: &[Option<DispatchId>],
    ) -> Result<Vec<Queued>> {
        let mut take = QueryBuilder::new(
            "UPDATE event SET attempts = attempts + 1 WHERE position IN
             (SELECT position FROM event WHERE state = 'queued'",
        );
        for subject in aside {
            take.push(" AND dispatch IS NOT ").push_bind(subject.map(|dispatch| dispatch.to_string()));
        }
        take.push(" ORDER BY position LIMIT ").push_bind(most);
        take.push(") RETURNING position, id, dispatch, signed");
        let mut rows = take.build().fetch_all(&mut *self.connection().await?).await?;
        rows.sort_by_key(|row| row.try_get::<i64, _>("position").unwrap_or(i64::MAX));
        rows.iter()
            .map(|row| {
                let subject: Option<&str> = row.try_get("dispatch")?;
                Ok(Queued {
                    id: id(row.try_get("id")?)?,
                    subject: subject.map(id).transpose()?,
                    signed: row.try_get("signed")?,
                })
            })
            .collect()
    }

    /// The station has answered: what it has is gone from here; of what it has refused for good, with this code, stays that
    /// a person must see it.
    pub(crate) async fn events_answered(&self, answers: &[(EventId, Option<&str>)]) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let taken = answers.iter().filter(|(_, refused)| refused.is_none());
        let taken: Vec<_> = taken.map(|(event, _)| event.to_string()).collect();
        if !taken.is_empty() {
            let mut delete = QueryBuilder::new("DELETE FROM event WHERE id IN ");
            delete.push_tuples(taken, |mut one, id| {
                one.push_bind(id);
            });
            delete.build().execute(&mut *tx).await?;
        }
        for (event, refused) in answers {
            let Some(code) = refused else { continue };
            sqlx::query("UPDATE event SET state = 'refused', code = $2 WHERE id = $1")
                .bind(event.to_string())
                .bind(*code)
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// The worker has read that it was refused. False when there is no such refusal.
    pub(crate) async fn dismiss_refusal(&self, event: EventId) -> Result<bool> {
        let done = sqlx::query("DELETE FROM event WHERE id = $1 AND state = 'refused'")
            .bind(event.to_string())
            .execute(&mut *self.connection().await?)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
