//! Unlocking.

use terskel_api::Secret;

use super::{MOST_WRONG, code, spent};
use crate::interface::{Outcome, Problem};
use crate::state::Core;

/// Counts the try, checks the code, and forgives the count when it is right.
pub(crate) async fn unlock(core: &Core, typed: String) -> Result<Outcome, Problem> {
    let typed = Secret::new(typed);
    if !code::is_code(typed.expose()) {
        return Err(Problem::Invalid { field: "unlockCode".into() });
    }
    let _one_at_a_time = core.deciding.lock().await;
    core.signed_in()?;
    // Before the check: who takes the power away in time does not get the try back.
    let Some(lock) = core.store.count_unlock().await? else { return Err(Problem::CodeWanted) };
    if lock.wrong <= MOST_WRONG && code::matches(typed, lock.hash).await {
        core.store.forgive_unlock().await?;
        core.refresh().await?;
        core.show(|live| (live.locked, live.touched) = (false, core.world.uptime()));
        return Ok(Outcome::Done);
    }
    let left = MOST_WRONG.saturating_sub(lock.wrong);
    tracing::warn!(left, "a wrong unlock code");
    if left == 0 {
        spent::wipe(core).await?;
        return Err(Problem::SignedOut);
    }
    core.refresh().await?;
    Err(Problem::WrongCode { left })
}
