//! Following an order to wipe: the keys are gone, and the event that says so is written, in one transaction.

use sqlx::{Connection as _, SqliteConnection};
use terskel_api::withdrawal::Withdrawal;
use terskel_model::event::EventKind;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{Timestamp, WithdrawalId};

use super::events::{Draft, record};
use super::{Phone, Result, Session, Store, ms};
use crate::state::PhoneClock;

impl Store {
    /// Wipes what the order names. An order that was followed before changes nothing and is not confirmed again. What came
    /// for another session than `session` leaves the one that is there alone, but for the keys.
    pub(crate) async fn follow(
        &self,
        order: &Withdrawal,
        phone: &Phone,
        session: &Session,
        clock: &PhoneClock,
    ) -> Result<()> {
        let mut guard = self.connection().await?;
        let mut tx = guard.begin().await?;
        if !first_time(&mut tx, order.id, clock.now()).await? {
            return Ok(());
        }
        for key in &order.keys {
            super::keys::withdraw(&mut tx, *key).await?;
        }
        if matches!(order.reason, WithdrawalReason::PhoneLost | WithdrawalReason::WorkerDismissed) {
            super::installation::wipe(&mut tx).await?;
        }
        let present = super::session::read(&mut tx).await?;
        if order.everything && present.is_some_and(|present| present.id == session.id) {
            super::retention::wipe_homes(&mut tx).await?;
            super::installation::forget_home(&mut tx).await?;
            sqlx::query("UPDATE session SET withdrawn = $1, rejected = 1, badge = x''")
                .bind(order.reason.as_str())
                .execute(&mut *tx)
                .await?;
        }
        let draft = Draft {
            dispatch: None,
            reason: Some(order.reason.as_str().to_owned()),
            withdrawal: Some(order.id),
            ..Draft::of_phone(EventKind::KeysWiped, clock.now(), session.worker)
        };
        record(&mut tx, phone, clock, draft).await?;
        Ok(tx.commit().await?)
    }
}

async fn first_time(tx: &mut SqliteConnection, order: WithdrawalId, now: Timestamp) -> Result<bool> {
    let done = sqlx::query("INSERT INTO followed (withdrawal, at_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(order.to_string())
        .bind(ms(now))
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
