//! Check-in, check-out and the end of a visit, each with its event.

use sqlx::{Connection as _, Row as _, SqliteConnection};
use terskel_api::dispatch::Dispatch;
use terskel_keys::receipt::{Direction, Receipt};
use terskel_model::event::EventKind;
use terskel_model::{DispatchId, WorkerId};

use super::asked::is_here;
use super::events::{Draft, record};
use super::snapshot::VisitFacts;
use super::standing::Standing;
use super::{Phone, Result, Session, Store, id, ms, time};
use crate::state::PhoneClock;

impl Store {
    /// The hub's receipt. The first of each direction counts for the visit; each is told.
    pub(crate) async fn save_receipt(
        &self,
        receipt: &Receipt,
        signed: &[u8],
        phone: &Phone,
        worker: WorkerId,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let (kind, update) = match receipt.direction {
            Direction::In => (
                EventKind::CheckedIn,
                "UPDATE visit SET arrived_at_ms = coalesce(arrived_at_ms, $2) WHERE dispatch = $1",
            ),
            Direction::Out => (
                EventKind::CheckedOut,
                "UPDATE visit SET left_at_ms = coalesce(left_at_ms, $2) WHERE dispatch = $1",
            ),
        };
        sqlx::query(update).bind(receipt.visit.to_string()).bind(ms(receipt.at)).execute(&mut *tx).await?;
        let mut draft = Draft::new(kind, clock.now(), worker, receipt.visit);
        draft.receipt = Some(signed.iter().map(|b| format!("{b:02x}")).collect());
        record(&mut tx, phone, clock, draft).await?;
        Ok(tx.commit().await?)
    }

    /// The worker ends the visit: its keys are of no more use. False when it had ended before.
    pub(crate) async fn close_visit(
        &self,
        dispatch: DispatchId,
        phone: &Phone,
        worker: WorkerId,
        clock: &PhoneClock,
    ) -> Result<bool> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        let done =
            sqlx::query("UPDATE visit SET closed_at_ms = $2 WHERE dispatch = $1 AND closed_at_ms IS NULL")
                .bind(dispatch.to_string())
                .bind(ms(clock.now()))
                .execute(&mut *tx)
                .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM digital_key WHERE dispatch = $1")
            .bind(dispatch.to_string())
            .execute(&mut *tx)
            .await?;
        if !matches!(of(&mut tx, dispatch).await?, Belongs::Nowhere) {
            let draft = Draft::new(EventKind::VisitClosed, clock.now(), worker, dispatch);
            record(&mut tx, phone, clock, draft).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The worker goes to a home without having been dispatched: `visit` is as a dispatch would be. The station is told
    /// that it begins, and `why`. False: the session is over on this phone, and nothing begins.
    pub(crate) async fn begin_own_visit(
        &self,
        visit: &Dispatch,
        why: &str,
        phone: &Phone,
        session: &Session,
        clock: &PhoneClock,
    ) -> Result<bool> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        if !is_here(&mut tx, session.id).await? {
            return Ok(false);
        }
        super::dispatches::put(&mut tx, visit).await?;
        sqlx::query("UPDATE visit SET own = 1, told = 1 WHERE dispatch = $1")
            .bind(visit.id.to_string())
            .execute(&mut *tx)
            .await?;
        let mut draft = Draft::new(EventKind::VisitBegun, clock.now(), session.worker, visit.id);
        draft.reason = Some(why.to_owned());
        draft.resident = visit.details.as_ref().map(|details| details.resident.id);
        record(&mut tx, phone, clock, draft).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// What the station knows a visit by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belongs {
    /// The dispatch of the same id.
    Dispatch,
    /// The worker went by themselves, and said so.
    OwnVisit,
    /// The worker went by themselves, with a version of the app that did not say so.
    Nowhere,
}

pub(super) async fn of(tx: &mut SqliteConnection, visit: DispatchId) -> Result<Belongs> {
    let row = sqlx::query("SELECT own, told FROM visit WHERE dispatch = $1")
        .bind(visit.to_string())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(Belongs::Dispatch) };
    Ok(match (row.try_get("own")?, row.try_get("told")?) {
        (false, _) => Belongs::Dispatch,
        (true, true) => Belongs::OwnVisit,
        (true, false) => Belongs::Nowhere,
    })
}

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Vec<VisitFacts>> {
    let rows = sqlx::query(
        "SELECT dispatch, own, standing, resident_name, accepted_at_ms, arrived_at_ms, left_at_ms, closed_at_ms,
           (SELECT count(*) FROM event WHERE event.dispatch = visit.dispatch AND state = 'queued') AS unsent
         FROM visit ORDER BY accepted_at_ms DESC",
    )
    .fetch_all(connection)
    .await?;
    let maybe = |ms: Option<i64>| ms.map(time).transpose();
    rows.iter()
        .map(|row| {
            Ok(VisitFacts {
                dispatch: id::<DispatchId>(row.try_get("dispatch")?)?,
                own: row.try_get("own")?,
                standing: Standing::read(row.try_get("standing")?)?,
                resident_name: row.try_get("resident_name")?,
                accepted_at: time(row.try_get("accepted_at_ms")?)?,
                arrived_at: maybe(row.try_get("arrived_at_ms")?)?,
                left_at: maybe(row.try_get("left_at_ms")?)?,
                closed_at: maybe(row.try_get("closed_at_ms")?)?,
                unsent: row.try_get("unsent")?,
            })
        })
        .collect()
}
