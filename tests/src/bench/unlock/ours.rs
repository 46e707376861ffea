//! Our own openings, over btleplug: cold and prepared.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use terskel_locks::family::{FAMILIES, Family, Heard, LockPlace, Visitor, find};
use terskel_locks::lock::{LockCommand, LockEvent};
use terskel_locks::session::Session as _;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, Uptime};
use terskel_radio::{BluetoothRadio, Link, RunningSession, ScanFilter, Sighting};
use terskel_simulator::Lock;

use super::counted::{Counted, Trips};
use super::{Cold, Prepared};
use crate::bench::counting::counting;

/// How long finding a lock may take, and connecting to it.
const LOOK: Duration = Duration::from_secs(20);
/// What a session does between two slides (a new challenge, last acknowledgements) must not lie in the way of the next.
const SETTLE: Duration = Duration::from_millis(400);

type Running = RunningSession<LockCommand, LockEvent>;

/// Connected and subscribed; nothing of the protocol has been said yet.
struct Linked {
    link: Box<dyn Link>,
    session: Counted,
    trips: Trips,
    /// From the beginning of the connection until subscribed.
    subscribing: Duration,
}

/// One cold opening.
pub(super) async fn cold(radio: &BluetoothRadio, lock: &Lock, interval: Duration) -> Result<Cold> {
    let Linked { link, session: mut told, trips, subscribing } = connect(radio, lock).await?;
    let (link, turns) = counting(link, interval);
    let from = SystemWorld.uptime();
    // As the app does when the worker slides before the lock is reached: the slide is known when the link comes up.
    told.command(LockCommand::Operate(Operation::Open), from);
    let mut session = terskel_radio::run(told, link, Arc::new(SystemWorld));
    let (answered, opened) = opening(&mut session).await?;
    let (round_trips, turns) = (trips.at_answer(), turns.so_far());
    session.send(LockCommand::Close)?;
    while session.next().await.is_some() {}
    let in_all = subscribing + (opened - from);
    Ok(Cold { round_trips, turns, subscribed_to_answer: answered - from, in_all })
}

/// `runs` openings in one session that was ready before.
pub(super) async fn prepared(radio: &BluetoothRadio, lock: &Lock, runs: usize) -> Result<Vec<Prepared>> {
    let Linked { link, session, trips, .. } = connect(radio, lock).await?;
    let mut session = terskel_radio::run(session, link, Arc::new(SystemWorld));
    ready(&mut session).await?;
    tokio::time::sleep(SETTLE).await;
    let mut samples = Vec::new();
    for _ in 0..runs {
        let (before, from) = (trips.so_far(), SystemWorld.uptime());
        session.send(LockCommand::Operate(Operation::Open))?;
        let (answered, _) = opening(&mut session).await?;
        samples.push(Prepared { round_trips: trips.at_answer() - before, took: answered - from });
        tokio::time::sleep(SETTLE).await;
        session.send(LockCommand::Operate(Operation::Lock))?;
        locking(&mut session).await?;
        tokio::time::sleep(SETTLE).await;
    }
    session.send(LockCommand::Close)?;
    while session.next().await.is_some() {}
    Ok(samples)
}

async fn connect(radio: &BluetoothRadio, lock: &Lock) -> Result<Linked> {
    let family = find(FAMILIES, &lock.family).context("a family that is known")?;
    let credential = lock.credential()?.context("a lock that somebody can open")?;
    let place = LockPlace { address: &lock.address, device_id: &lock.device_id };
    let clocks = (SystemWorld.now(), SystemWorld.uptime());
    let visitor = Visitor { entropy: Arc::new(SystemWorld), clocks, name: "Bench".into() };
    let (session, trips) = Counted::new(family.open(&place, &credential, visitor)?);
    let listen = family.listen();
    let filter = ScanFilter { services: listen.services, companies: listen.companies };
    let is_it = |sighting: &Sighting| recognises(family, &place, sighting);
    let sighting = terskel_radio::find(radio, filter, LOOK, is_it).await?;
    let from = SystemWorld.uptime();
    let link = terskel_radio::connect(radio, &sighting.device, &session.profile(), LOOK).await?;
    Ok(Linked { link, session, trips, subscribing: SystemWorld.uptime() - from })
}

fn recognises(family: &dyn Family, place: &LockPlace<'_>, sighting: &Sighting) -> bool {
    let heard = Heard {
        address: sighting.address.as_deref(),
        name: sighting.name.as_deref(),
        services: &sighting.services,
        manufacturer: &sighting.manufacturer,
    };
    family.recognises(place, &heard)
}

/// When the lock first said something to the command (that it has taken it and moves, or that it has opened), and when it
/// said that it has opened.
async fn opening(session: &mut Running) -> Result<(Uptime, Uptime)> {
    let mut answered = None;
    while let Some(event) = session.next().await {
        let now = SystemWorld.uptime();
        match event {
            LockEvent::Moving(_) => answered = answered.or(Some(now)),
            LockEvent::Outcome { outcome: DoorOutcome::Opened, .. } => {
                return Ok((answered.unwrap_or(now), now));
            }
            LockEvent::Outcome { outcome, reason, .. } => bail!("the door is {outcome}: {reason:?}"),
            _ => {}
        }
    }
    bail!("the session ended without an outcome")
}

async fn locking(session: &mut Running) -> Result<()> {
    while let Some(event) = session.next().await {
        if let LockEvent::Outcome { outcome, reason, .. } = event {
            ensure!(outcome == DoorOutcome::Locked, "the door is {outcome}: {reason:?}");
            return Ok(());
        }
    }
    bail!("the session ended without an outcome")
}

async fn ready(session: &mut Running) -> Result<()> {
    while let Some(event) = session.next().await {
        if matches!(event, LockEvent::Ready(_)) {
            return Ok(());
        }
    }
    bail!("the session ended before it was ready")
}
