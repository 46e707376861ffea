//! Taking a permission away. What comes of it at the phones that have keys is followed.

use terskel_api::withdrawal::PhoneWithdrawal;
use terskel_model::PermissionId;

use super::look::read;
use crate::interface::{Outcome, Problem};
use crate::session::{call, lead};
use crate::state::Core;

/// The station issues no more by it once it has answered.
pub(crate) async fn take_away(core: &Core, permission: PermissionId) -> Result<Outcome, Problem> {
    let (phone, session) = lead(core)?;
    let taken =
        call(core, &phone, session.id, move |station, credential| station.take_away(credential, permission));
    follow(core, taken.await?.phones).await;
    Ok(Outcome::Done)
}

/// Shows the orders that phones got, until the lead looks away.
pub(super) async fn follow(core: &Core, orders: Vec<PhoneWithdrawal>) {
    core.show(|live| {
        let Some(access) = &mut live.access else { return };
        for order in orders {
            if !access.own_orders.contains(&order.id) {
                access.own_orders.push(order.id);
            }
            if access.orders.iter().all(|known| known.id != order.id) {
                access.orders.insert(0, order);
            }
        }
    });
    core.access.done.notify_one();
    // It is done, whether it can be shown yet or not.
    let _ = read(core).await;
}
