//! Keys of the shift: asked for when the stream says that there may be new ones, and now and then, as hours begin.

use std::sync::Arc;
use std::time::Duration;

use terskel_api::dispatch::IssuedKey;
use terskel_api::key::{KeyBundle, ShiftKey};
use tokio::time::sleep;

use super::{UnknownAuthority, verify};
use crate::interface::Problem;
use crate::session::{self, call};
use crate::state::Core;
use crate::store::{KeyFacts, Phone};

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
    let bundle = call(core, &phone, session.id, |station, credential| station.keys(credential)).await?;
    let keys = match verified(&bundle, &phone) {
        Ok(keys) => keys,
        Err(UnknownAuthority) => {
            let phone = session::ask_authority(core, &phone).await?;
            verified(&bundle, &phone).unwrap_or_default()
        }
    };
    core.store.save_bundle(&bundle.homes, &keys, core.clock.now()).await?;
    core.refresh().await?;
    Ok(())
}

/// What a dispatch gives comes with accepting it.
fn verified(bundle: &KeyBundle, phone: &Phone) -> Result<Vec<KeyFacts>, UnknownAuthority> {
    let of_shift = bundle.keys.iter().filter(|key| key.dispatch.is_none());
    of_shift.map(|key| of_key(key, phone)).filter_map(Result::transpose).collect()
}

fn of_key(key: &ShiftKey, phone: &Phone) -> Result<Option<KeyFacts>, UnknownAuthority> {
    let issued = IssuedKey { id: key.id, lock: key.lock, door: key.door, key: key.key.clone() };
    Ok(verify(&issued, phone)?.map(|facts| KeyFacts { once: key.once, ..facts }))
}
