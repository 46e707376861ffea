//! A phone has wiped the keys that were taken away.

use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_model::event::{PhoneEvent, Proof};

use crate::app::App;
use crate::db::ms;
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
