//! Keys of the shift: asked for when the stream says that there may be new ones, and now and then, as hours begin.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::{acquainted, verify_shift};
use crate::interface::Problem;
use crate::outbox;
use crate::session::call;
use crate::state::Core;
use crate::store::{Kept, KeyFacts};

/// A permission whose hours begin is noticed within this.
const EVERY: Duration = Duration::from_secs(5 * 60);

/// Runs until the engine ends.
pub(crate) async fn keep_shift_keys(core: Arc<Core>) {
    loop {
        tokio::select! {
            () = core.keys_wanted.notified() => {}
            () = sleep(EVERY) => {}
        }
        let usable = core.snapshot().session.as_ref().is_some_and(|session| !session.rejected);
        if usable && let Err(problem) = fetch(&core).await {
            tracing::info!(%problem, "no keys of the shift");
        }
    }
}

async fn fetch(core: &Core) -> Result<(), Problem> {
    let (phone, session) = core.signed_in()?;
    if core.snapshot().unsent > 0 {
        // Else the station gives a key for once again that has opened its door.
        outbox::flush(core).await;
    }
    let asked = core.asked(&session);
    let known = core.snapshot().bundle.clone();
    let answer =
        call(core, &phone, session.id, |station, credential| station.keys(credential, known.clone())).await?;
    let Some(bundle) = answer else { return Ok(()) };
    core.withheld.learn(bundle.keys.iter().map(|key| key.lock), &bundle.without);
    let phone = acquainted(core, phone, bundle.keys.iter().map(|key| &key.key)).await;
    // What a dispatch gives comes with accepting it.
    let of_shift = bundle.keys.iter().filter(|key| key.dispatch.is_none());
    let keys: Vec<Option<KeyFacts>> = of_shift.map(|key| verify_shift(key, &phone)).collect();
    let whole = keys.iter().all(Option::is_some);
    let keys: Vec<KeyFacts> = keys.into_iter().flatten().collect();
    let kept = core.store.save_bundle(&asked, &bundle, (&keys, whole), core.clock.now()).await?;
    core.refresh().await?;
    if kept == Kept::Overtaken {
        core.keys_wanted.notify_one();
    }
    Ok(())
}
