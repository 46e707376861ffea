//! An order as its phone is told of it.

use sqlx::AnyConnection;
use terskel_api::withdrawal::Withdrawal;
use terskel_model::{PhoneId, SessionId, WithdrawalId};

use crate::db::Columns;
use crate::problem::Failure;

/// An order that has not been confirmed.
pub(crate) struct Told {
    pub(crate) phone: PhoneId,
    session: Option<SessionId>,
    order: Withdrawal,
}

impl Told {
    /// As the phone's present session is told: what ended an earlier one, takes from this one the keys alone.
    pub(crate) fn to(&self, session: SessionId) -> Withdrawal {
        Withdrawal { everything: self.session == Some(session), ..self.order.clone() }
    }
}

/// Reads it. `None`: there is no such order, or it has been confirmed.
pub(crate) async fn load(id: WithdrawalId, reader: &mut AnyConnection) -> Result<Option<Told>, Failure> {
    let row = sqlx::query(
        "SELECT phone_id, session_id, reason FROM withdrawals WHERE id = $1 AND confirmed_ms IS NULL",
    )
    .bind(id.to_string())
    .fetch_optional(&mut *reader)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let session: Option<SessionId> = row.id_or_none("session_id")?;
    let keys = sqlx::query("SELECT id FROM issued_keys WHERE withdrawal_id = $1 ORDER BY id")
        .bind(id.to_string())
        .fetch_all(reader)
        .await?;
    let order = Withdrawal {
        id,
        reason: row.text("reason")?.as_str().into(),
        everything: session.is_some(),
        keys: keys.iter().map(|key| key.id("id")).collect::<sqlx::Result<_>>()?,
    };
    Ok(Some(Told { phone: row.id("phone_id")?, session, order }))
}

/// What a phone has not confirmed, in the order of the stream.
pub(crate) async fn waiting_for(
    phone: PhoneId,
    reader: &mut AnyConnection,
) -> Result<Vec<WithdrawalId>, Failure> {
    let rows = sqlx::query(
        "SELECT id FROM withdrawals WHERE phone_id = $1 AND confirmed_ms IS NULL ORDER BY revision",
    )
    .bind(phone.to_string())
    .fetch_all(reader)
    .await?;
    Ok(rows.iter().map(|row| row.id("id")).collect::<sqlx::Result<_>>()?)
}
