//! Choosing the code, after signing in.

use terskel_api::Secret;

use super::{code, guard};
use crate::interface::{Outcome, Problem};
use crate::state::Core;

/// Keeps the code for this sign-in. It can be chosen anew as long as the app is not locked.
pub(crate) async fn choose(core: &Core, typed: String) -> Result<Outcome, Problem> {
    let typed = Secret::new(typed);
    if !code::is_code(typed.expose()) {
        return Err(Problem::Invalid { field: "unlockCode".into() });
    }
    let _one_at_a_time = core.deciding.lock().await;
    core.signed_in()?;
    // The lock may have come while the code was waiting.
    guard(core)?;
    if code::is_simple(typed.expose()) || core.pin.is(&typed) {
        return Err(Problem::CodeTooSimple);
    }
    let hash = code::hash(typed, &*core.world).await.ok_or(Problem::StoreFailed)?;
    core.store.save_app_lock(&hash).await?;
    core.pin.forget();
    core.refresh().await?;
    Ok(Outcome::Done)
}
