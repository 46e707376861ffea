//! When the app locks.

use std::time::Duration;

use crate::interface::{Outcome, Problem};
use crate::state::Core;

/// Nothing is done behind a locked screen.
pub(crate) fn guard(core: &Core) -> Result<(), Problem> {
    let signed_in = core.snapshot().session.is_some();
    if signed_in && core.show(|live| live.locked) { Err(Problem::Locked) } else { Ok(()) }
}

/// Somebody touches the screen, or wants something.
pub(crate) fn touched(core: &Core) {
    core.show(|live| live.touched = core.world.uptime());
}

/// Locks after the unit's time without a touch. What is being done at a door or hub counts as a touch.
pub(crate) fn lock_if_idle(core: &Core) {
    let Some(session) = core.snapshot().session.clone() else { return };
    let (now, after) = (core.world.uptime(), Duration::from_secs(session.policy.lock_after_s.into()));
    let locks = core.show(|live| {
        if live.is_working() || live.install.working.is_some() {
            live.touched = now;
        }
        let locks = !live.locked && now >= live.touched + after;
        live.locked |= locks;
        locks
    });
    if locks {
        core.pin.forget();
        tracing::info!("the app is locked");
    }
}

/// The worker puts the phone away.
pub(crate) async fn lock_now(core: &Core) -> Result<Outcome, Problem> {
    core.signed_in()?;
    if core.snapshot().app_lock.is_none() {
        return Err(Problem::CodeWanted);
    }
    if core.show(|live| live.is_working()) {
        return Err(Problem::Busy);
    }
    core.show(|live| live.locked = true);
    Ok(Outcome::Done)
}
