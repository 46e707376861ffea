//! What is told to whoever started the machine: one line of JSON each.

use std::time::Duration;

use serde_json::{Value, json};

/// Prints for one family.
pub(crate) struct Results<'a> {
    family: &'a str,
}

impl<'a> Results<'a> {
    pub(crate) fn new(family: &'a str) -> Self {
        Self { family }
    }

    /// What took so long, and so many connection events.
    pub(crate) fn phase(&mut self, phase: &str, took: Duration, events: u64) {
        print(&json!({ "family": self.family, "phase": phase, "ms": millis(took), "events": events }));
    }

    /// What took so long before there was a link.
    pub(crate) fn found(&mut self, phase: &str, took: Duration) {
        print(&json!({ "family": self.family, "phase": phase, "ms": millis(took) }));
    }

    /// What the lock itself says that its bolt did.
    pub(crate) fn movements(&mut self, movements: &[String]) {
        print(&json!({ "family": self.family, "movements": movements }));
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::print_stdout, reason = "the machine's console is the way out of it")]
fn print(result: &Value) {
    println!("RESULT {result}");
}
