//! A phone has wiped the keys that were taken away, or has wiped everything by itself.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_api::problem::code;
use terskel_keys::event::session_name;
use terskel_model::event::{PhoneEvent, Proof};

use crate::app::App;
use crate::db::{Columns as _, ms};
use crate::problem::{Failure, invalid, refuse};

/// Confirms an order to this phone. A second confirmation changes nothing.
pub(super) async fn wiped(event: &PhoneEvent, app: &App, tx: &mut AnyConnection) -> Result<Proof, Failure> {
    let order = event.withdrawal.ok_or_else(|| invalid("withdrawal", "is missing"))?;
    let done = sqlx::query(
        "UPDATE withdrawals SET confirmed_ms = COALESCE(confirmed_ms, $1) WHERE id = $2 AND phone_id = $3",
    )
    .bind(ms(app.now()))
    .bind(order.to_string())
    .bind(event.phone.to_string())
    .execute(tx)
    .await?;
    if done.rows_affected() == 1 { Ok(Proof::PhoneSignature) } else { refuse(code::NOT_FOUND) }
}

/// Too many wrong codes. However late the phone tells: the session in which it wiped is over with its tokens, the keys that
/// it had are good for nothing, and what it was told to wipe by then is wiped. A session that has begun since goes on.
pub(super) async fn all_wiped(
    event: &PhoneEvent,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let (phone, worker) = (event.phone.to_string(), event.worker.to_string());
    let orders = "UPDATE withdrawals SET confirmed_ms = $1 WHERE phone_id = $2 AND confirmed_ms IS NULL";
    if let Some(begun) = begun_since(event, tx).await? {
        // Keys of the session that came after may be there.
        sqlx::query(AssertSqlSafe(format!("{orders} AND ordered_ms < $3")))
            .bind(ms(app.now()))
            .bind(&phone)
            .bind(begun)
            .execute(tx)
            .await?;
        return Ok(Proof::PhoneSignature);
    }
    sqlx::query(orders).bind(ms(app.now())).bind(&phone).execute(&mut *tx).await?;
    sqlx::query(
        "UPDATE sessions SET ended_ms = $1 WHERE phone_id = $2 AND worker_id = $3 AND ended_ms IS NULL",
    )
    .bind(ms(app.now()))
    .bind(&phone)
    .bind(&worker)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE issued_keys SET withdrawn_ms = $1 WHERE phone_id = $2 AND worker_id = $3 AND expires_ms > $1
         AND withdrawn_ms IS NULL",
    )
    .bind(ms(app.now()))
    .bind(&phone)
    .bind(&worker)
    .execute(tx)
    .await?;
    Ok(Proof::PhoneSignature)
}

/// When the next session began after the one in which the phone wiped, in milliseconds, if there is one. The event names that one;
/// a phone that does not is taken by its time, which may be wrong.
async fn begun_since(event: &PhoneEvent, tx: &mut AnyConnection) -> Result<Option<i64>, Failure> {
    let rows = sqlx::query("SELECT id, started_ms FROM sessions WHERE phone_id = $1 ORDER BY started_ms")
        .bind(event.phone.to_string())
        .fetch_all(tx)
        .await?;
    let of = |row: &AnyRow| Ok((session_name(row.id("id")?), row.int("started_ms")?));
    let sessions = rows.iter().map(of).collect::<sqlx::Result<Vec<_>>>()?;
    let wiped = sessions.iter().find(|(name, _)| event.session.as_ref() == Some(name));
    let wiped = wiped.map_or(ms(event.at), |(_, started)| *started);
    Ok(sessions.into_iter().map(|(_, started)| started).find(|started| *started > wiped))
}
