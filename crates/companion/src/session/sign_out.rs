//! Signing out: send what waits, tell the station, wipe.

use super::call;
use crate::interface::{Outcome, Problem};
use crate::outbox;
use crate::state::Core;

/// Ends the shift on this phone, with or without network. A visit must be ended first.
pub(crate) async fn sign_out(core: &Core) -> Result<Outcome, Problem> {
    let _one_at_a_time = core.deciding.lock().await;
    let snapshot = core.snapshot();
    if snapshot.open_visit().is_some() {
        return Err(Problem::VisitOpen);
    }
    let Some(session) = &snapshot.session else { return Err(Problem::SignedOut) };
    let phone = core.phone()?;
    if !session.rejected {
        outbox::flush(core).await;
        if let Err(error) =
            call(core, &phone, session.id, |station, credential| station.sign_out(credential)).await
        {
            tracing::info!(%error, "the station was not told of the sign-out: its session ends with the shift");
        }
    }
    core.store.end_session().await?;
    core.pin.forget();
    core.refresh().await?;
    Ok(Outcome::Done)
}
