//! Dispatches as the station told them.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_api::dispatch::Dispatch;
use terskel_model::Timestamp;
use terskel_model::dispatch::DispatchPhase;
use terskel_model::event::EventKind;

use super::asked::is_here;
use super::events::{Draft, record};
use super::{Phone, Result, Session, Store, StoreError, ms, standing};
use crate::state::PhoneClock;

impl Store {
    /// A dispatch from the stream or from an answer. The stream's cursor and, for an alert that is new here, the
    /// event that tells its delivery are stored with it. An older revision is ignored.
    ///
    /// Returns whether it was a new alert. What was told to a session that is over on this phone is not stored.
    pub(crate) async fn receive(
        &self,
        dispatch: &Dispatch,
        cursor: Option<&str>,
        phone: &Phone,
        session: &Session,
        clock: &PhoneClock,
    ) -> Result<bool> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        if !is_here(&mut tx, session.id).await? {
            return Ok(false);
        }
        if let Some(cursor) = cursor {
            save_cursor(&mut tx, cursor).await?;
        }
        let known = revision(&mut tx, dispatch).await?;
        let older = known.is_some_and(|known| dispatch.revision < known);
        let alert = known.is_none() && dispatch.phase == DispatchPhase::Open && !dispatch.declined;
        if !older {
            put(&mut tx, dispatch).await?;
        }
        if alert {
            let draft = Draft::new(EventKind::AlertDelivered, clock.now(), session.worker, dispatch.id);
            record(&mut tx, phone, clock, draft).await?;
        }
        tx.commit().await?;
        Ok(alert)
    }

    /// The stream was read up to here and told nothing that is kept.
    pub(crate) async fn save_cursor(&self, cursor: &str) -> Result<()> {
        save_cursor(&mut *self.connection().await?, cursor).await
    }
}

async fn save_cursor(connection: &mut SqliteConnection, cursor: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO cursor (only, last_event_id) VALUES (1, $1)
         ON CONFLICT (only) DO UPDATE SET last_event_id = excluded.last_event_id",
    )
    .bind(cursor)
    .execute(connection)
    .await?;
    Ok(())
}

async fn revision(tx: &mut SqliteConnection, dispatch: &Dispatch) -> Result<Option<u64>> {
    let known: Option<i64> = sqlx::query_scalar("SELECT revision FROM dispatch WHERE id = $1")
        .bind(dispatch.id.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(known.map(i64::unsigned_abs))
}

/// Stores `dispatch` as the present state, and the visit it may be. One that is a visit of the phone's own is no second one.
pub(super) async fn put(tx: &mut SqliteConnection, dispatch: &Dispatch) -> Result<()> {
    if let Some(kept) = standing::settle(tx, dispatch).await? {
        return write(tx, &kept).await;
    }
    let mut kept = dispatch.clone();
    if kept.phase == DispatchPhase::Closed && !kept.mine {
        // That it is over stays until the shift ends: an older word of it that comes late is no new alert.
        // Whose it was stays for whoever is in the same home.
        kept.accepted_by = kept.accepted_by.filter(|_| kept.visit.is_some());
    }
    // The station leaves the text out of what this phone may not read; what it forgot to leave out is not kept.
    if !kept.mine && kept.phase != DispatchPhase::Open {
        kept.details = None;
    }
    write(tx, &kept).await?;
    if let (true, None, Some(accepted_at)) = (kept.mine, kept.visit, kept.accepted_at) {
        put_visit(tx, &kept, accepted_at).await?;
    }
    Ok(())
}

/// Stores it as it is.
pub(super) async fn write(tx: &mut SqliteConnection, kept: &Dispatch) -> Result<()> {
    sqlx::query(
        "INSERT INTO dispatch (id, revision, body) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, body = excluded.body",
    )
    .bind(kept.id.to_string())
    .bind(i64::try_from(kept.revision).map_err(|_| StoreError::Unreadable("revision"))?)
    .bind(serde_json::to_string(kept).map_err(|_| StoreError::Unreadable("dispatch"))?)
    .execute(tx)
    .await?;
    Ok(())
}

/// What the phone has recorded itself stands; what it does not know is taken from the station.
async fn put_visit(tx: &mut SqliteConnection, dispatch: &Dispatch, accepted_at: Timestamp) -> Result<()> {
    let name =
        dispatch.details.as_ref().map(|d| format!("{} {}", d.resident.first_name, d.resident.last_name));
    sqlx::query(
        "INSERT INTO visit (dispatch, resident_name, accepted_at_ms, arrived_at_ms, closed_at_ms)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (dispatch) DO UPDATE SET
           arrived_at_ms = coalesce(arrived_at_ms, excluded.arrived_at_ms),
           closed_at_ms = coalesce(closed_at_ms, excluded.closed_at_ms)",
    )
    .bind(dispatch.id.to_string())
    .bind(name)
    .bind(ms(accepted_at))
    .bind(dispatch.arrived_at.map(ms))
    .bind(dispatch.closed_at.map(ms))
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Vec<Dispatch>> {
    let rows = sqlx::query("SELECT body FROM dispatch ORDER BY id").fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let body: String = row.try_get("body")?;
            serde_json::from_str(&body).map_err(|_| StoreError::Unreadable("dispatch"))
        })
        .collect()
}
