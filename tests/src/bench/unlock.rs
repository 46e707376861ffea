//! What opening a door costs: cold (nothing prepared) and prepared (connected and authenticated on approach), over
//! btleplug and the simulator's bus with its modelled connection interval.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use terskel_locks::dkey::{self, Credential, phone::LockSession};
use terskel_locks::lock::{LockCommand, LockEvent};
use terskel_locks::session::Session;
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::world::SystemWorld;
use terskel_model::{Clock, Uptime};
use terskel_radio::{BluetoothRadio, RunningSession, ScanFilter};
use terskel_simulator::{Lock, Street};

use super::counting::{RoundTrips, counting};
use super::{Promise, Row, quantile_ms};

/// How long finding a lock may take, and connecting to it.
const LOOK: Duration = Duration::from_secs(20);

type Running = RunningSession<LockCommand, LockEvent>;

/// One opening.
struct Sample {
    round_trips: usize,
    took: Duration,
}

/// Opens the demo street's first dKey lock `runs` times cold and `runs` times prepared. The process must have
/// `DBUS_SYSTEM_BUS_ADDRESS` of a simulator that plays that street.
///
/// # Errors
/// When a lock isn't found or doesn't open: there is nothing to measure then.
pub async fn measure(runs: usize) -> Result<Vec<Row>> {
    let street = Street::load("demo")?;
    let locks: Vec<&Lock> =
        street.residents.iter().flat_map(|r| &r.doors).filter_map(|d| d.lock.as_ref()).collect();
    let radio = BluetoothRadio::start();
    let mut cold = Vec::new();
    for run in 0..runs {
        // In turn, so that the slow end of one connection is not in the way of the next.
        let lock = locks.get(run % locks.len().max(1)).context("the street has no locks")?;
        cold.push(open_cold(&radio, lock, street.connection_interval).await?);
    }
    let prepared = open_prepared(
        &radio,
        locks.first().context("the street has no locks")?,
        runs,
        street.connection_interval,
    )
    .await?;
    Ok(rows(&cold, &prepared, street.connection_interval))
}

fn rows(cold: &[Sample], prepared: &[Sample], interval: Duration) -> Vec<Row> {
    let two_events_ms = interval.as_secs_f64() * 2000.0;
    let mut cold = row("dKey, cold: subscribed to opened", cold);
    cold.promise = cold.round_trips.map(|trips| Promise {
        // Five exchanges, and one more turn because the lock's name comes in two fragments (specification 3.4, 5.3).
        what: "turns of the link after subscription".into(),
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        value: trips as f64,
        limit: 6.0,
    });
    let mut prepared = row("dKey, prepared: slide to opened", prepared);
    prepared.promise = Some(Promise {
        what: "median ÷ two connection events".into(),
        value: prepared.p50_ms / two_events_ms,
        limit: 1.2,
    });
    vec![cold, prepared]
}

fn row(name: &str, samples: &[Sample]) -> Row {
    let times: Vec<Duration> = samples.iter().map(|s| s.took).collect();
    let mut trips: Vec<usize> = samples.iter().map(|s| s.round_trips).collect();
    trips.sort_unstable();
    Row {
        name: name.into(),
        runs: samples.len(),
        round_trips: trips.get(trips.len() / 2).copied(),
        p50_ms: quantile_ms(&times, 0.5),
        p99_ms: quantile_ms(&times, 0.99),
        promise: None,
    }
}

async fn open_cold(radio: &BluetoothRadio, lock: &Lock, interval: Duration) -> Result<Sample> {
    let (mut session, trips, from) = connect(radio, lock, interval).await?;
    session.send(LockCommand::Operate(Operation::Open))?;
    let took = opened(&mut session, from).await?;
    let sample = Sample { round_trips: trips.so_far(), took };
    session.send(LockCommand::Close)?;
    while session.next().await.is_some() {}
    Ok(sample)
}

async fn open_prepared(
    radio: &BluetoothRadio,
    lock: &Lock,
    runs: usize,
    interval: Duration,
) -> Result<Vec<Sample>> {
    let (mut session, trips, _) = connect(radio, lock, interval).await?;
    // The state comes once authentication and the asking for it are through: then nothing is under way.
    wait_for(&mut session, |event| matches!(event, LockEvent::State(state) if state.locked.is_some()))
        .await?;
    let mut samples = Vec::new();
    for _ in 0..runs {
        let (before, from) = (trips.so_far(), SystemWorld.uptime());
        session.send(LockCommand::Operate(Operation::Open))?;
        let took = opened(&mut session, from).await?;
        samples.push(Sample { round_trips: trips.so_far() - before, took });
        wait_for(
            &mut session,
            |event| matches!(event, LockEvent::State(state) if state.locked == Some(false)),
        )
        .await?;
        session.send(LockCommand::Operate(Operation::Lock))?;
        wait_for(&mut session, |event| {
            matches!(event, LockEvent::Outcome { outcome: DoorOutcome::Locked, .. })
        })
        .await?;
        // The last acknowledgements are still in the air; the next slide must not wait behind them.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(samples)
}

/// Finds the lock, connects, and starts a session. The time is that of the finished subscription.
async fn connect(
    radio: &BluetoothRadio,
    lock: &Lock,
    interval: Duration,
) -> Result<(Running, RoundTrips, Uptime)> {
    let credential = lock.credential()?.context("a lock of the street has no credential")?;
    let session = LockSession::new(Credential::from_bytes(&credential)?, None, Arc::new(SystemWorld));
    let filter = ScanFilter { services: vec![dkey::SERVICE, dkey::TO_SERVER], companies: vec![] };
    let sighting =
        terskel_radio::find(radio, filter, LOOK, |s| s.address.as_deref() == Some(&lock.address)).await?;
    let link = terskel_radio::connect(radio, &sighting.device, &session.profile(), LOOK).await?;
    let from = SystemWorld.uptime();
    let (link, trips) = counting(link, interval);
    Ok((terskel_radio::run(session, link, Arc::new(SystemWorld)), trips, from))
}

async fn opened(session: &mut Running, from: Uptime) -> Result<Duration> {
    while let Some(event) = session.next().await {
        match event {
            LockEvent::Outcome { outcome: DoorOutcome::Opened, .. } => return Ok(SystemWorld.uptime() - from),
            LockEvent::Outcome { outcome, reason, .. } => {
                bail!("the door did not open: {outcome}, {reason:?}")
            }
            _ => {}
        }
    }
    bail!("the session ended without an outcome")
}

async fn wait_for(session: &mut Running, wanted: impl Fn(&LockEvent) -> bool) -> Result<()> {
    loop {
        let event = session.next().await;
        ensure!(event.is_some(), "the session ended");
        if event.as_ref().is_some_and(&wanted) {
            return Ok(());
        }
    }
}
