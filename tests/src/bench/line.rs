//! The lines of a bench that are a number each, with what was promised of it.

use std::fmt::Write as _;

use serde::Serialize;

use super::Promise;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What.
    pub what: String,
    /// How much.
    pub value: f64,
    /// Of what: `ms`, `µs`, `1/s`.
    pub unit: &'static str,
    /// The figure that is promised.
    pub promise: Option<Promise>,
}

impl Line {
    /// A number that nothing is promised of.
    #[must_use]
    pub fn new(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { what: what.into(), value, unit, promise: None }
    }

    /// With what is promised of it.
    #[must_use]
    pub fn promising(self, what: &str, value: f64, limit: f64) -> Self {
        Self { promise: Some(Promise { what: what.into(), value, limit }), ..self }
    }

    /// Whether the promise, if there is one, is kept.
    #[must_use]
    pub fn kept(&self) -> bool {
        self.promise.as_ref().is_none_or(Promise::kept)
    }
}

/// As a table of `docs/figures.md`.
#[must_use]
pub fn table(lines: &[Line]) -> String {
    let mut text = String::from("| | measured | promised |\n| --- | --- | --- |\n");
    for line in lines {
        let promise = line.promise.as_ref().map_or_else(String::new, |promise| {
            let kept = if promise.kept() { "" } else { ", **not kept**" };
            format!("{}: {:.2}, at most {:.2}{kept}", promise.what, promise.value, promise.limit)
        });
        let digits = if line.value < 100.0 { 1 } else { 0 };
        let _ = writeln!(text, "| {} | {:.digits$} {} | {promise} |", line.what, line.value, line.unit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_that_is_not_kept_shows() {
        let line = Line::new("10,000 events up", 812.4, "ms");
        let (good, bad) = (line.clone().promising("ours ÷ theirs", 0.05, 0.1), line.promising("x", 0.2, 0.1));
        assert!(good.kept() && !bad.kept());
        let text = table(&[good, bad]);
        assert!(text.contains("| 10,000 events up | 812 ms | ours ÷ theirs: 0.05, at most 0.10 |"), "{text}");
        assert!(text.contains("**not kept**"));
    }
}
