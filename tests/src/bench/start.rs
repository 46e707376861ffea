//! A phone's start with a large team's homes in its store, and searching among them. The phone's own test measures
//! (`companion/src/roster/bench.rs`): only there can a store be opened that is not encrypted.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::line::Line;
use super::quantile_ms;

/// Milliseconds, each.
#[derive(Deserialize)]
struct Samples {
    encrypted_ms: Vec<f64>,
    plain_ms: Vec<f64>,
    search_ms: Vec<f64>,
}

/// The lines of what was measured into `samples`.
///
/// # Errors
/// When the file can't be read.
pub fn read(samples: &Path) -> Result<Vec<Line>> {
    let samples: Samples = serde_json::from_slice(&std::fs::read(samples)?).context("the samples")?;
    let (encrypted, plain) = (median(&samples.encrypted_ms), median(&samples.plain_ms));
    let slow = quantile_ms(&durations(&samples.search_ms), 0.99);
    Ok(vec![
        Line::new("start to the list of alerts, 5,000 homes, encrypted store: median", encrypted, "ms")
            .promising("encrypted ÷ not encrypted", encrypted / plain, 1.3),
        Line::new("the same, not encrypted: median", plain, "ms"),
        Line::new("a home found by parts of name or address: median", median(&samples.search_ms), "ms"),
        Line::new("the same: 99th percentile", slow, "ms").promising("milliseconds", slow, 10.0),
    ])
}

fn median(samples_ms: &[f64]) -> f64 {
    quantile_ms(&durations(samples_ms), 0.5)
}

fn durations(samples_ms: &[f64]) -> Vec<Duration> {
    samples_ms.iter().map(|ms| Duration::from_secs_f64(ms / 1000.0)).collect()
}
