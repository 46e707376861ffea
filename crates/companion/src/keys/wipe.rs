//! Keys that the station takes away.

use std::sync::Arc;
use std::time::Duration;

use terskel_api::withdrawal::Withdrawal;
use terskel_model::SessionId;
use tokio::time::sleep;

use crate::state::Core;
use crate::station_client::StationError;
use crate::store::{Phone, Session, StoreError};

/// How often a phone whose session is refused asks whether it is to wipe.
const EVERY: Duration = Duration::from_secs(3 * 60);

/// Runs until the engine ends. A session that the station refuses has no stream by which an order would come: the phone may have
/// been reported lost after that.
pub(crate) async fn keep_asking_whether_taken_away(core: Arc<Core>) {
    loop {
        let refused = core.snapshot().session.as_ref().filter(|held| held.rejected).map(|held| held.id);
        if let Some(session) = refused {
            taken_away(&core, session).await;
        }
        sleep(EVERY).await;
    }
}

/// Wipes, shows it, and sends the confirmation.
pub(crate) async fn follow(
    core: &Core,
    order: &Withdrawal,
    phone: &Phone,
    session: &Session,
) -> Result<(), StoreError> {
    core.store.follow(order, phone, session, &core.clock).await?;
    tracing::info!(order = %order.id, reason = %order.reason, everything = order.everything, "keys are wiped");
    core.refresh().await?;
    core.outbox.notify_one();
    Ok(())
}

/// The station refuses the session: because it took it away? Then everything is wiped. Also true where the station cannot
/// say so now: it is asked again when it refuses the next time.
pub(crate) async fn taken_away(core: &Core, session: SessionId) -> bool {
    let snapshot = core.snapshot();
    let held = snapshot.session.as_ref().filter(|held| held.id == session);
    let (Some(phone), Some(session)) = (&snapshot.phone, held) else { return false };
    let answer = match core.station(phone) {
        Ok(station) => station.withdrawal(session.id).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(order) => {
            if let Err(error) = follow(core, &order, phone, session).await {
                tracing::error!(%error, "store");
            }
            true
        }
        Err(StationError::Problem { .. }) => false,
        Err(_) => true,
    }
}
