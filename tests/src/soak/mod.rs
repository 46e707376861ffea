//! Long runs: programs killed again and again, a disk that fails at each call. Run by `cargo xtask soak`.

pub mod crash;

use std::cell::Cell;
use std::path::Path;

use anyhow::Result;
use futures_util::future::try_join_all;
use serde::Serialize;

use crate::bench::figures;
use crate::stage::Stage;
use crash::Fault;

/// Kills of the phone, or the station, in one evening.
const IN_AN_EVENING: u64 = 6;
/// The station is killed one fifth as often as the phone.
const STATION: u64 = 5;

/// What a long run has found to hold.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// Which run: the name of its place in the figures.
    pub run: &'static str,
    /// Line by line: what, how often.
    pub counts: Vec<(String, u64)>,
    /// Of the randomness.
    pub seeds: Option<(u64, u64)>,
}

/// Kills the phone at least `runs` times and the station a fifth as often, on several streets beside each other.
///
/// # Errors
/// At the first evening after which something does not hold, with its seed.
pub async fn crash(runs: u64, seed: u64, beside: u64) -> Result<Found> {
    let (next, phones, evenings) = (Cell::new(seed), Cell::new(0), Cell::new(0));
    let stations = Cell::new(0);
    let street = async |_| {
        let mut stage = Stage::set("demo", None).await?;
        while phones.get() < runs || stations.get() < runs.div_ceil(STATION) {
            let seed = next.replace(next.get() + 1);
            let most = usize::try_from(IN_AN_EVENING)?;
            let behind = stations.get() * runs < phones.get() * runs.div_ceil(STATION);
            if behind || phones.get() >= runs {
                let kills;
                (stage, kills) = crash::station(stage, seed, most).await?;
                stations.set(stations.get() + u64::try_from(kills)?);
            } else {
                let kills = crash::phone(&stage, seed, most).await?;
                phones.set(phones.get() + u64::try_from(kills)?);
            }
            evenings.set(evenings.get() + 1);
            tracing::info!(seed, phones = phones.get(), stations = stations.get(), "whole");
        }
        stage.clear().await
    };
    try_join_all((0..beside).map(street)).await?;
    Ok(Found {
        run: "crash",
        counts: vec![
            ("the phone killed".into(), phones.get()),
            ("the station killed".into(), stations.get()),
            ("visits, each whole afterwards".into(), evenings.get()),
        ],
        seeds: Some((seed, next.get() - 1)),
    })
}

/// Lets each call of a visit fail, one after the other, in each of the ways: from the call `from` on, to the call `last` at most.
///
/// # Errors
/// At the first visit after which something does not hold, with the fault and the call.
pub async fn disk(from: u64, last: u64, beside: u64) -> Result<Found> {
    let mut counts = Vec::new();
    for fault in Fault::ALL {
        let (next, over) = (Cell::new(from), Cell::new(false));
        let street = async |_| {
            let stage = Stage::set("demo", None).await?;
            crash::enrolled(&stage).await?;
            while !over.get() && next.get() <= last {
                let nth = next.replace(next.get() + 1);
                if !crash::disk(&stage, fault, nth).await? {
                    over.set(true);
                }
            }
            stage.clear().await
        };
        try_join_all((0..beside).map(street)).await?;
        counts.push((fault.words().to_owned(), next.get() - 1));
        tracing::info!(?fault, calls = next.get() - 1, "each call has failed once");
    }
    Ok(Found { run: "disk", counts, seeds: None })
}

/// Writes what was found into the document, in place of what the last run wrote.
///
/// # Errors
/// When the document has no place for it.
pub fn write(file: &Path, found: &Found) -> Result<()> {
    let mut text = String::from("| | |\n| --- | --- |\n");
    for (what, count) in &found.counts {
        text += &format!("| {what} | {count} |\n");
    }
    if let Some((first, last)) = found.seeds {
        text += &format!("| seeds | {first} to {last} |\n");
    }
    figures::put(file, &format!("cargo xtask soak {}", found.run), &text)
}
