//! What opening a door costs, for every family: cold (nothing prepared) and prepared (connected and authenticated on
//! approach), over btleplug and the simulator's bus with its modelled connection interval; and cold by the public
//! clients of the same locks, in the same run.

mod counted;
mod library;
mod ours;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use terskel_locks::family::FAMILIES;
use terskel_radio::BluetoothRadio;
use terskel_simulator::{Lock, Street};

use super::{Promise, Row, quantile_ms};

/// Three locks of each family.
pub const STREET: &str = include_str!("street.toml");

/// One cold opening.
struct Cold {
    round_trips: u32,
    turns: usize,
    subscribed_to_answer: Duration,
    /// From the beginning of the connection.
    in_all: Duration,
}

/// One opening in a session that was ready.
struct Prepared {
    round_trips: u32,
    took: Duration,
}

/// Where the simulator is, and what the public clients run with.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// The simulator's control door.
    pub control: &'a str,
    /// A Python with the public clients; without it they are not measured.
    pub python: Option<&'a Path>,
}

/// Opens [`STREET`]'s locks `runs` times a family cold and `runs` times prepared. The process must have
/// `DBUS_SYSTEM_BUS_ADDRESS` of a simulator that plays that street.
///
/// # Errors
/// When a lock isn't found or doesn't open: there is nothing to measure then.
pub async fn measure(runs: usize, around: &Surroundings<'_>) -> Result<Vec<Row>> {
    let street = Street::parse(STREET)?;
    let interval = street.connection_interval;
    let locks = street.locks();
    let families: Vec<(&str, Vec<&Lock>)> = FAMILIES
        .iter()
        .map(|family| family.name())
        .map(|name| (name, locks.iter().copied().filter(|lock| lock.family.as_str() == name).collect()))
        .collect();
    let radio = BluetoothRadio::start();
    // Each once before it counts, so that its services are known: as on a phone that has been there before.
    for lock in &locks {
        ours::cold(&radio, lock, interval).await?;
    }
    let mut cold: BTreeMap<&str, Vec<Cold>> = BTreeMap::new();
    for run in 0..runs {
        for (family, locks) in &families {
            let lock = locks.get(run % locks.len().max(1)).context("a family without locks")?;
            cold.entry(family).or_default().push(ours::cold(&radio, lock, interval).await?);
        }
    }
    let mut rows = Vec::new();
    for (family, locks) in &families {
        let lock = locks.first().context("a family without locks")?;
        let prepared = ours::prepared(&radio, lock, runs).await?;
        rows.extend(cold_rows(family, &cold[family]));
        rows.push(prepared_row(family, &prepared, interval));
    }
    drop(radio);
    if let Some(python) = around.python {
        let libraries = library::measure(python, around.control, &street, runs).await?;
        rows.extend(
            libraries.iter().map(|(family, times)| library_row(family, times, &cold[family.as_str()])),
        );
    }
    Ok(rows)
}

/// Five exchanges for dKey: identification, challenge, proof, the lock's name, the command. Five for Danalock: the
/// reliable layer's opening, the two flights of the handshake, login, the command. Two for Nuki: challenge, action.
fn most_round_trips(family: &str) -> f64 {
    if family == "nuki" { 2.0 } else { 5.0 }
}

fn cold_rows(family: &str, samples: &[Cold]) -> [Row; 2] {
    let trips: Vec<usize> =
        samples.iter().map(|s| usize::try_from(s.round_trips).unwrap_or(usize::MAX)).collect();
    let turns: Vec<usize> = samples.iter().map(|s| s.turns).collect();
    let round_trips = median(&trips);
    let subscribed: Vec<Duration> = samples.iter().map(|s| s.subscribed_to_answer).collect();
    let in_all: Vec<Duration> = samples.iter().map(|s| s.in_all).collect();
    let mut counted =
        row(format!("{family}, cold: subscribed to the lock's answer"), &subscribed, round_trips);
    counted.turns = median(&turns);
    counted.promise = Some(Promise {
        what: "protocol round trips".into(),
        value: round_trips.map_or(f64::MAX, to_f64),
        limit: most_round_trips(family),
    });
    [counted, row(format!("{family}, cold: connecting to opened"), &in_all, round_trips)]
}

fn prepared_row(family: &str, samples: &[Prepared], interval: Duration) -> Row {
    let times: Vec<Duration> = samples.iter().map(|s| s.took).collect();
    let trips: Vec<usize> =
        samples.iter().map(|s| usize::try_from(s.round_trips).unwrap_or(usize::MAX)).collect();
    let mut row = row(format!("{family}, prepared: slide to the lock's answer"), &times, median(&trips));
    row.promise = Some(Promise {
        what: "median ÷ two connection events".into(),
        value: row.p50_ms / (interval.as_secs_f64() * 2000.0),
        limit: 1.2,
    });
    row
}

/// Our median against that of the public client.
fn library_row(family: &str, times: &[Duration], ours: &[Cold]) -> Row {
    let mut row = row(format!("{family}, cold, by its public client"), times, None);
    let ours: Vec<Duration> = ours.iter().map(|s| s.in_all).collect();
    row.promise = Some(Promise {
        what: "our median ÷ the client's".into(),
        value: quantile_ms(&ours, 0.5) / row.p50_ms.max(f64::MIN_POSITIVE),
        limit: 0.8,
    });
    row
}

fn row(name: String, times: &[Duration], round_trips: Option<usize>) -> Row {
    Row {
        name,
        runs: times.len(),
        round_trips,
        turns: None,
        p50_ms: quantile_ms(times, 0.5),
        p99_ms: quantile_ms(times, 0.99),
        promise: None,
    }
}

fn median(counts: &[usize]) -> Option<usize> {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

#[expect(clippy::cast_precision_loss, reason = "a handful")]
fn to_f64(count: usize) -> f64 {
    count as f64
}
