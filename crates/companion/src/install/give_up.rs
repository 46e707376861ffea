//! Giving an installation up: the lock keeps a key that nobody has, and the phone keeps nothing.

use super::lead;
use crate::interface::{Outcome, Problem};
use crate::state::Core;

/// Wipes the lock's secret, with the event.
pub(crate) async fn give_up(core: &Core) -> Result<Outcome, Problem> {
    let (phone, session) = lead(core)?;
    let _turn = core.install.turn.try_lock().map_err(|_| Problem::Busy)?;
    let facts = core.snapshot().installation.clone().ok_or(Problem::NotFound)?;
    core.store.give_up_installation(&facts, session.worker, &phone, &core.clock).await?;
    core.outbox.notify_one();
    core.refresh().await?;
    Ok(Outcome::Done)
}
