//! The two visits, with what each part of them takes.

use std::sync::Arc;

use anyhow::Result;
use terskel_locks::lock::LockEvent;
use terskel_model::Clock;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::world::SystemWorld;

use crate::door::{Door, Running, close, operate, wait};
use crate::result::Results;

/// Connection events in which whatever is still under way comes to rest.
const REST: u32 = 6;

/// A lock that nobody has met, opened at once, then locked.
pub(crate) async fn cold(door: &Door, results: &mut Results<'_>) -> Result<()> {
    let mut session = connect(door, results, "cold").await?;
    let subscribed = SystemWorld.uptime();
    let link = door.link()?;
    let opened = operate(&mut session, Operation::Open, DoorOutcome::Opened).await?;
    let events = link.events_until(opened) - link.events_until(subscribed);
    results.phase("subscribed_to_opened", opened - subscribed, Some(events));
    results.phase(
        "cold_opened",
        opened - terskel_model::Uptime(link.anchor),
        Some(link.events_until(opened)),
    );
    let asked = SystemWorld.uptime();
    let locked = operate(&mut session, Operation::Lock, DoorOutcome::Locked).await?;
    let events = link.events_until(locked) - link.events_until(asked);
    results.phase("locked", locked - asked, Some(events));
    close(session).await?;
    door.free().await
}

/// The same lock again: held ready, and opened when somebody slides.
pub(crate) async fn known(door: &Door, results: &mut Results<'_>) -> Result<()> {
    let mut session = connect(door, results, "known").await?;
    let link = door.link()?;
    wait(&mut session, |event| matches!(event, LockEvent::State(state) if state.locked.is_some())).await?;
    tokio::time::sleep(link.interval * REST).await;
    let slid = SystemWorld.uptime();
    let opened = operate(&mut session, Operation::Open, DoorOutcome::Opened).await?;
    // Packets wait for the event after the slide: that is the first.
    let events = link.events_until(opened) - link.events_until(slid);
    results.phase("prepared_opened", opened - slid, Some(events));
    close(session).await?;
    door.free().await
}

async fn connect(door: &Door, results: &mut Results<'_>, which: &str) -> Result<Running> {
    let start = SystemWorld.uptime();
    let heard = door.find().await?;
    let found = SystemWorld.uptime();
    results.phase(&format!("{which}_found"), found - start, None);
    let (session, link) = door.connect(&heard).await?;
    let subscribed = SystemWorld.uptime();
    let events = door.link()?.events_until(subscribed);
    results.phase(&format!("{which}_subscribed"), subscribed - found, Some(events));
    Ok(terskel_radio::run(session, link, Arc::new(SystemWorld)))
}
