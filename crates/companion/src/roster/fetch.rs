//! Pages of the team's homes: all at the sign-in, what has changed whenever the stream says so, and now and then. After a break it
//! goes on where it was: the cursor lies with the page.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use terskel_model::capability::Capability;
use tokio::time::sleep;

use crate::interface::Problem;
use crate::session::call;
use crate::state::{Backoff, Core};
use crate::store::RosterFacts;

/// What no poke told of is noticed within this.
const EVERY: Duration = Duration::from_secs(5 * 60);
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 60);

/// Runs until the engine ends.
pub(crate) async fn keep_roster(core: Arc<Core>) {
    let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
    let mut wait = EVERY;
    loop {
        tokio::select! {
            () = core.roster_wanted.notified() => {}
            () = sleep(wait) => {}
        }
        wait = EVERY;
        if core.snapshot().session.as_ref().is_none_or(|session| session.rejected) {
            continue;
        }
        match fetch(&core).await {
            Ok(()) => backoff.reset(),
            Err(problem) => {
                tracing::info!(%problem, "not all homes of the team");
                wait = backoff.wait(&*core.world);
            }
        }
    }
}

async fn fetch(core: &Core) -> Result<(), Problem> {
    let (phone, session) = core.signed_in()?;
    if !session.station_can.has(&Capability::Roster) {
        return Ok(());
    }
    let ask = async |after: Option<String>| {
        call(core, &phone, session.id, |station, credential| station.roster(credential, after.clone())).await
    };
    let RosterFacts { cursor: mut after, whole, .. } = core.snapshot().roster.clone();
    let mut asked = ask(after.clone()).await?;
    // A station from before there were pages gives none: the homes that keys are for come with these.
    while let Some(page) = asked {
        // While one is stored the next is on its way.
        let next = async { if page.more { ask(Some(page.cursor.clone())).await } else { Ok(None) } };
        let (stored, next) =
            join(core.store.save_roster_page(&page, after.as_deref(), session.id), next).await;
        if !stored? {
            return Ok(());
        }
        core.refresh().await?;
        if whole && !page.homes.is_empty() {
            // What is new, or has other locks, has other keys.
            core.keys_wanted.notify_one();
        }
        (asked, after) = (next?, Some(page.cursor));
    }
    Ok(())
}
