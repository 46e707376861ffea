//! A visit that was begun without the station: until it has said whose the dispatch is, and when it was somebody else's.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_api::dispatch::Dispatch;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::event::EventKind;
use terskel_model::rules::ARRIVE_WITHIN;
use terskel_model::{DispatchId, WorkerId};

use super::events::{Draft, record};
use super::{Phone, Result, Store, StoreError};
use crate::state::PhoneClock;

/// Whose the visit is, as far as the phone knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// This phone's.
    Confirmed,
    /// The station has not heard of it yet.
    Unconfirmed,
    /// Somebody else was first. The worker may be inside already: the visit goes on until they end it.
    Taken,
}

impl Standing {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Unconfirmed => "unconfirmed",
            Self::Taken => "taken",
        }
    }

    pub(super) fn read(text: &str) -> Result<Self> {
        let all = [Self::Confirmed, Self::Unconfirmed, Self::Taken];
        all.into_iter().find(|s| s.as_str() == text).ok_or(StoreError::Unreadable("standing"))
    }
}

impl Store {
    /// The worker goes to a dispatch, and the station does not know. Their word for it waits to be sent. False: the phone
    /// has been told meanwhile that it is not open, or does not know where to go.
    pub(crate) async fn accept_offline(
        &self,
        dispatch: DispatchId,
        phone: &Phone,
        worker: WorkerId,
        clock: &PhoneClock,
    ) -> Result<bool> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let told = super::dispatches::read(&mut tx).await?.into_iter().find(|told| told.id == dispatch);
        let open = |told: &Dispatch| told.phase == DispatchPhase::Open && told.details.is_some();
        let Some(told) = told.filter(open) else { return Ok(false) };
        let now = clock.now();
        let mine = Dispatch {
            phase: DispatchPhase::Accepted,
            mine: true,
            accepted_at: Some(now),
            arrive_by: Some(now + ARRIVE_WITHIN),
            ..told
        };
        super::dispatches::put(&mut tx, &mine).await?;
        stand(&mut tx, dispatch, Standing::Unconfirmed).await?;
        let draft = Draft::new(EventKind::AcceptedOffline, now, worker, dispatch);
        record(&mut tx, phone, clock, draft).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The station says that somebody else has the dispatch that was accepted without it.
    pub(crate) async fn taken_by_another(&self, dispatch: DispatchId, by: Option<&str>) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        if let Some(held) = unsettled(&mut tx, dispatch).await? {
            let told = Dispatch { accepted_by: by.map(str::to_owned), ..held };
            super::dispatches::write(&mut tx, &told).await?;
            stand(&mut tx, dispatch, Standing::Taken).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// What to keep of `told` for a visit that goes on without being confirmed. `None`: nothing of the kind; it is kept as it
/// came.
pub(super) async fn settle(tx: &mut SqliteConnection, told: &Dispatch) -> Result<Option<Dispatch>> {
    let Some(held) = unsettled(tx, told.id).await? else { return Ok(None) };
    if told.mine {
        stand(tx, told.id, Standing::Confirmed).await?;
        return Ok(None);
    }
    // As the worker knows it; of what was told, what is new to them.
    let (phase, mine) = (held.phase.clone(), held.mine);
    let (accepted_at, arrive_by) = (held.accepted_at, held.arrive_by);
    if told.phase == DispatchPhase::Open {
        return Ok(Some(Dispatch { phase, mine, accepted_at, arrive_by, ..told.clone() }));
    }
    stand(tx, told.id, Standing::Taken).await?;
    Ok(Some(Dispatch { revision: told.revision, accepted_by: told.accepted_by.clone(), ..held }))
}

/// The dispatch of an open visit that the station has not confirmed, as the phone keeps it.
async fn unsettled(tx: &mut SqliteConnection, dispatch: DispatchId) -> Result<Option<Dispatch>> {
    let row = sqlx::query(
        "SELECT body FROM visit JOIN dispatch ON dispatch.id = visit.dispatch
         WHERE visit.dispatch = $1 AND standing != 'confirmed' AND visit.closed_at_ms IS NULL",
    )
    .bind(dispatch.to_string())
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let body: &str = row.try_get("body")?;
    serde_json::from_str(body).map(Some).map_err(|_| StoreError::Unreadable("dispatch"))
}

async fn stand(tx: &mut SqliteConnection, dispatch: DispatchId, standing: Standing) -> Result<()> {
    sqlx::query("UPDATE visit SET standing = $2 WHERE dispatch = $1")
        .bind(dispatch.to_string())
        .bind(standing.as_str())
        .execute(tx)
        .await?;
    Ok(())
}
