//! Our own openings, over btleplug: cold and prepared.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use terskel_locks::family::{FAMILIES, Family, Heard, LockPlace, Visitor, find};
use terskel_locks::lock::{LockCommand, LockEvent};
use terskel_locks::session::Session as _;
use terskel_model::Clock as _;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::world::SystemWorld;
use terskel_radio::{BluetoothRadio, RunningSession, ScanFilter, Sighting};
use terskel_simulator::Lock;

use super::counted::{Counted, Trips};
use super::{Cold, Prepared};
use crate::bench::counting::{RoundTrips, counting};

/// How long finding a lock may take, and connecting to it.
const LOOK: Duration = Duration::from_secs(20);
/// What a session does between two slides (a new challenge, last acknowledgements) must not lie in the way of the next.
const SETTLE: Duration = Duration::from_millis(400);

type Running = RunningSession<LockCommand, LockEvent>;

struct Connected {
    session: Running,
    trips: Trips,
    turns: RoundTrips,
    /// From the beginning of the connection until subscribed.
    subscribing: Duration,
}

/// One cold opening.
pub(super) async fn cold(radio: &BluetoothRadio, lock: &Lock, interval: Duration) -> Result<Cold> {
    let Connected { mut session, trips, turns, subscribing } = connect(radio, lock, interval).await?;
    let from = SystemWorld.uptime();
    session.send(LockCommand::Operate(Operation::Open))?;
    let accepted = answered(&mut session, lock).await?;
    let subscribed_to_answer = accepted - from;
    let (round_trips, turns) = (trips.so_far(), turns.so_far());
    if answered_only(lock) {
        outcome(&mut session, &DoorOutcome::Opened).await?;
    }
    session.send(LockCommand::Close)?;
    while session.next().await.is_some() {}
    Ok(Cold { round_trips, turns, subscribed_to_answer, in_all: subscribing + subscribed_to_answer })
}

/// `runs` openings in one session that was ready before.
pub(super) async fn prepared(
    radio: &BluetoothRadio,
    lock: &Lock,
    runs: usize,
    interval: Duration,
) -> Result<Vec<Prepared>> {
    let Connected { mut session, trips, .. } = connect(radio, lock, interval).await?;
    until(&mut session, |event| matches!(event, LockEvent::Ready(_))).await?;
    tokio::time::sleep(SETTLE).await;
    let mut samples = Vec::new();
    for _ in 0..runs {
        let (before, from) = (trips.so_far(), SystemWorld.uptime());
        session.send(LockCommand::Operate(Operation::Open))?;
        let accepted = answered(&mut session, lock).await?;
        samples.push(Prepared { round_trips: trips.so_far() - before, took: accepted - from });
        if answered_only(lock) {
            outcome(&mut session, &DoorOutcome::Opened).await?;
        }
        tokio::time::sleep(SETTLE).await;
        session.send(LockCommand::Operate(Operation::Lock))?;
        outcome(&mut session, &DoorOutcome::Locked).await?;
        tokio::time::sleep(SETTLE).await;
    }
    session.send(LockCommand::Close)?;
    while session.next().await.is_some() {}
    Ok(samples)
}

/// A Nuki answers when it takes the command, and tells the outcome when its motor has run.
fn answered_only(lock: &Lock) -> bool {
    lock.family.as_str() == "nuki"
}

async fn connect(radio: &BluetoothRadio, lock: &Lock, interval: Duration) -> Result<Connected> {
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
    let subscribing = SystemWorld.uptime() - from;
    let (link, turns) = counting(link, interval);
    let session = terskel_radio::run(session, link, Arc::new(SystemWorld));
    Ok(Connected { session, trips, turns, subscribing })
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

/// The lock's answer to the command: that it opens, or has opened.
async fn answered(session: &mut Running, lock: &Lock) -> Result<terskel_model::Uptime> {
    let accepted = answered_only(lock);
    let is_it = |event: &LockEvent| match event {
        LockEvent::Moving(_) => accepted,
        event => matches!(event, LockEvent::Outcome { .. }),
    };
    until(session, is_it).await
}

async fn outcome(session: &mut Running, wanted: &DoorOutcome) -> Result<()> {
    while let Some(event) = session.next().await {
        if let LockEvent::Outcome { outcome, reason, .. } = event {
            ensure!(outcome == *wanted, "the door is {outcome}: {reason:?}");
            return Ok(());
        }
    }
    bail!("the session ended without an outcome")
}

async fn until(session: &mut Running, wanted: impl Fn(&LockEvent) -> bool) -> Result<terskel_model::Uptime> {
    while let Some(event) = session.next().await {
        if let LockEvent::Outcome { outcome: DoorOutcome::Refused | DoorOutcome::Unsure, reason, .. } = &event
        {
            bail!("the door did not open: {reason:?}");
        }
        if wanted(&event) {
            return Ok(SystemWorld.uptime());
        }
    }
    bail!("the session ended")
}
