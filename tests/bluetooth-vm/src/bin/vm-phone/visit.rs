//! The two visits, with what each part of them takes.

use std::sync::Arc;

use anyhow::Result;
use terskel_bluetooth_vm::LinkRecord;
use terskel_locks::lock::LockEvent;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::world::SystemWorld;
use terskel_model::{Clock, Uptime};

use crate::door::{Door, Running, close, operate, wait};
use crate::result::Results;

/// Connection events in which whatever is still under way comes to rest.
const REST: u32 = 6;

/// A lock that nobody has met, opened at once, then locked.
pub(crate) async fn cold(door: &Door, results: &mut Results<'_>) -> Result<()> {
    let (mut session, connected) = connect(door).await?;
    let opened = operate(&mut session, Operation::Open, DoorOutcome::Opened).await?;
    let asked = SystemWorld.uptime();
    let locked = operate(&mut session, Operation::Lock, DoorOutcome::Locked).await?;
    close(session).await?;
    door.free().await?;
    // Only now has the lock written all of it down.
    let link = door.link()?;
    connected.tell(&link, results, "cold");
    results.phase("subscribed_to_opened", opened - connected.subscribed, connected.since(&link, opened));
    results.phase("cold_opened", opened - Uptime(link.anchor), link.used_until(opened));
    // What is asked between two events goes out in the next: that is the first to count.
    results.phase("locked", locked - asked, link.used_until(locked) - link.events_until(asked));
    Ok(())
}

/// The same lock again: held ready, and opened when somebody slides.
pub(crate) async fn known(door: &Door, results: &mut Results<'_>) -> Result<()> {
    let (mut session, connected) = connect(door).await?;
    wait(&mut session, |event| matches!(event, LockEvent::State(state) if state.locked.is_some())).await?;
    let ready = SystemWorld.uptime();
    tokio::time::sleep(door.link()?.interval * REST).await;
    let slid = SystemWorld.uptime();
    let opened = operate(&mut session, Operation::Open, DoorOutcome::Opened).await?;
    close(session).await?;
    door.free().await?;
    let link = door.link()?;
    connected.tell(&link, results, "known");
    results.phase("known_ready", ready - Uptime(link.anchor), link.used_until(ready));
    results.phase("prepared_opened", opened - slid, link.used_until(opened) - link.events_until(slid));
    Ok(())
}

/// When a link came about.
struct Connected {
    start: Uptime,
    found: Uptime,
    subscribed: Uptime,
}

impl Connected {
    fn tell(&self, link: &LinkRecord, results: &mut Results<'_>, which: &str) {
        results.found(&format!("{which}_found"), self.found - self.start);
        results.phase(&format!("{which}_subscribed"), self.subscribed - self.found, self.events(link));
    }

    /// Until the phone goes on or the lock has confirmed, whichever is later.
    fn events(&self, link: &LinkRecord) -> u64 {
        link.used_until(self.subscribed).max(link.subscribed())
    }

    fn since(&self, link: &LinkRecord, at: Uptime) -> u64 {
        link.used_until(at) - self.events(link)
    }
}

async fn connect(door: &Door) -> Result<(Running, Connected)> {
    let start = SystemWorld.uptime();
    let heard = door.find().await?;
    let found = SystemWorld.uptime();
    let (session, link) = door.connect(&heard).await?;
    let subscribed = SystemWorld.uptime();
    let session = terskel_radio::run(session, link, Arc::new(SystemWorld));
    Ok((session, Connected { start, found, subscribed }))
}
