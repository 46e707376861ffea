//! Too many wrong codes: keys and residents are wiped at once, the station is told where it can be, and the session ends.

use std::time::Duration;

use tokio::time::timeout;

use super::MOST_WRONG;
use crate::interface::Problem;
use crate::outbox;
use crate::session::call;
use crate::state::{Core, PhoneClock};
use crate::store::{Store, StoreError};

/// How long the station is tried. Without it the signed event waits in the outbox for the next sign-in.
const TELL: Duration = Duration::from_secs(5);

/// The caller decides about sessions alone.
pub(super) async fn wipe(core: &Core) -> Result<(), Problem> {
    let (phone, session) = core.signed_in()?;
    core.store.spend_app_lock(&phone, &session, &core.clock).await?;
    tracing::warn!("too many wrong unlock codes: keys and residents are wiped");
    core.refresh().await?;
    let tell = async {
        outbox::flush(core).await;
        call(core, &phone, session.id, |station, credential| station.sign_out(credential)).await
    };
    match timeout(TELL, tell).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::info!(%error, "the station was not told of the wiping"),
        Err(_) => tracing::info!("the station was not told of the wiping in time"),
    }
    // With what the stream and the keys of the shift may have brought again meanwhile.
    core.store.end_session().await?;
    core.refresh().await?;
    core.show(|live| live.locked = false);
    Ok(())
}

/// An earlier process was ended between wiping and signing out, or between counting the last code that is allowed and
/// trying it: nobody knows whether it was right, and it is not tried again.
pub(crate) async fn finish(store: &Store, clock: &PhoneClock) -> Result<(), StoreError> {
    let snapshot = store.snapshot().await?;
    let Some(lock) = snapshot.app_lock.filter(|lock| lock.wrong >= MOST_WRONG) else { return Ok(()) };
    if let (false, Some(phone), Some(session)) =
        (lock.hash.expose().is_empty(), &snapshot.phone, &snapshot.session)
    {
        store.spend_app_lock(phone, session, clock).await?;
    }
    store.end_session().await
}
