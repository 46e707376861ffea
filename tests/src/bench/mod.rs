//! Measurements, as ratios in one run: what a door, a dispatch, keys, sync and proof cost. Run by `cargo xtask bench`.

pub mod audit;
pub mod counting;
pub mod cpu;
pub mod dispatch;
pub mod figures;
pub mod keys;
pub mod line;
pub mod revoke;
pub mod start;
pub mod sync;
pub mod unlock;

use std::time::Duration;

use serde::Serialize;

/// The `quantile` (0.0–1.0) of `samples` in milliseconds; zero when there are none.
#[must_use]
pub fn quantile_ms(samples: &[Duration], quantile: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index within the samples"
    )]
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 samples")]
    let index = (sorted.len().saturating_sub(1) as f64 * quantile.clamp(0.0, 1.0)).round() as usize;
    sorted.get(index).map_or(0.0, |sample| sample.as_secs_f64() * 1000.0)
}

/// One line of a bench.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// How often.
    pub runs: usize,
    /// Median of the protocol round trips after subscription, where they were counted.
    pub round_trips: Option<usize>,
    /// Median of the turns of the link: they count acknowledgements of fragments and frames too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turns: Option<usize>,
    /// Median, milliseconds.
    pub p50_ms: f64,
    /// 99th percentile, milliseconds.
    pub p99_ms: f64,
    /// The figure that is promised, and what it is measured against: `name`, value, limit.
    pub promise: Option<Promise>,
}

/// A promised figure.
#[derive(Clone, Debug, Serialize)]
pub struct Promise {
    /// What is compared with what.
    pub what: String,
    /// As measured.
    pub value: f64,
    /// Not above this.
    pub limit: f64,
}

impl Promise {
    /// Whether the figure is as good as promised.
    #[must_use]
    pub fn kept(&self) -> bool {
        self.value <= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_sorted_samples() {
        let samples = [30, 10, 20].map(Duration::from_millis);
        assert!((quantile_ms(&samples, 0.5) - 20.0).abs() < 1e-9);
        assert!((quantile_ms(&samples, 1.0) - 30.0).abs() < 1e-9);
        assert!(quantile_ms(&[], 0.5).abs() < 1e-9);
    }
}
