//! Check-in and check-out at the hub: the receipt proves that this phone was in this home.

use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_keys::receipt::{self, Direction, Receipt};
use terskel_model::event::{PhoneEvent, Proof};
use terskel_model::{DispatchId, HubId, ResidentId};

use super::apply::required;
use super::own_visit;
use super::visit::{Move, advance};
use crate::app::App;
use crate::db::Columns;
use crate::problem::{Failure, invalid, problem, refuse};

/// Verifies the receipt, uses it up, and lets the worker arrive.
pub(super) async fn checked(
    event: &PhoneEvent,
    dispatch: Option<DispatchId>,
    direction: Direction,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let (visit, (hub, public_key)) = match event.visit {
        Some(visit) => (visit, hub_at(own_visit::resident(visit, tx).await?, tx).await?),
        None => {
            let dispatch = required(dispatch)?;
            (dispatch, hub_of(dispatch, tx).await?)
        }
    };
    let hex = event.receipt.as_deref().ok_or_else(|| invalid("receipt", "is missing"))?;
    let signed = receipt::from_hex(hex).map_err(|_| invalid("receipt", "is not hex"))?;
    let receipt = receipt::verify(&signed, &public_key).map_err(|_| problem(code::BAD_PROOF))?;
    let fits = receipt.hub == hub
        && receipt.worker == event.worker
        && receipt.phone == event.phone
        && receipt.visit == visit
        && receipt.direction == direction;
    if !fits {
        return refuse(code::BAD_PROOF);
    }
    use_up(event, &receipt, tx).await?;
    if event.visit.is_some() {
        own_visit::checked(event, visit, &receipt, app, tx).await?;
        return Ok(Proof::HubReceipt);
    }
    let next = match direction {
        Direction::In => Move::Arrive(receipt.at),
        Direction::Out => Move::Leave,
    };
    advance(event, visit, next, app, tx).await?;
    Ok(Proof::HubReceipt)
}

async fn hub_of(dispatch: DispatchId, tx: &mut AnyConnection) -> Result<(HubId, Vec<u8>), Failure> {
    let row = sqlx::query("SELECT resident_id FROM dispatches WHERE id = $1")
        .bind(dispatch.to_string())
        .fetch_one(&mut *tx)
        .await?;
    hub_at(row.id("resident_id")?, tx).await
}

async fn hub_at(resident: ResidentId, tx: &mut AnyConnection) -> Result<(HubId, Vec<u8>), Failure> {
    let row = sqlx::query(
        "SELECT h.id, h.public_key FROM residents r JOIN hubs h ON h.id = r.hub_id WHERE r.id = $1",
    )
    .bind(resident.to_string())
    .fetch_optional(tx)
    .await?
    .ok_or_else(|| problem(code::BAD_PROOF))?;
    Ok((row.id("id")?, row.bytes("public_key")?))
}

/// A hub counts its receipts: the same one under another event is a replay.
async fn use_up(event: &PhoneEvent, receipt: &Receipt, tx: &mut AnyConnection) -> Result<(), Failure> {
    let counter = i64::try_from(receipt.counter).map_err(|_| problem(code::BAD_PROOF))?;
    let done = sqlx::query(
        "INSERT INTO hub_receipts (hub_id, counter, event_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(receipt.hub.to_string())
    .bind(counter)
    .bind(event.id.to_string())
    .execute(tx)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { refuse(code::BAD_PROOF) }
}
