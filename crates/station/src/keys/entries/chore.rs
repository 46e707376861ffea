//! What a lock takes for its PIN alone, and is not anybody's errand: its log is brought home, and its clock set. One key a day
//! is for that, a dispatch's: those are for one phone, that goes there now.

use chrono::TimeDelta;
use sqlx::AnyConnection;

use crate::app::App;
use crate::db::ms;
use crate::keys::issue::Order;
use crate::problem::Failure;

/// What such a key is known by.
pub(super) const PLAN: &str = "log";
/// From one such key's end to the next key. A lock's log has room for more than a day.
const REST: TimeDelta = TimeDelta::hours(23);

/// Whether this key is the one: no other phone or dispatch has had it lately.
pub(super) async fn is_of(order: &Order<'_>, app: &App, tx: &mut AnyConnection) -> Result<bool, Failure> {
    let Some(dispatch) = order.because.dispatch else { return Ok(false) };
    let row = sqlx::query(
        "SELECT id FROM issued_keys WHERE lock_id = $1 AND entry_plan = $2 AND expires_ms > $3
         AND NOT (COALESCE(dispatch_id, '') = $4 AND phone_id = $5 AND expires_ms > $6) LIMIT 1",
    )
    .bind(order.lock.id.to_string())
    .bind(PLAN)
    .bind(ms(app.now() - REST))
    .bind(dispatch.to_string())
    .bind(order.phone.to_string())
    .bind(ms(app.now()))
    .fetch_optional(tx)
    .await?;
    Ok(row.is_none())
}
