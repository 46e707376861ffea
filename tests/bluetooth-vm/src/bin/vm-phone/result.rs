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

    /// Something took so long; `events` where a link was up all the while.
    pub(crate) fn phase(&mut self, phase: &str, took: Duration, events: Option<u64>) {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        print(&json!({ "family": self.family, "phase": phase, "ms": ms, "events": events }));
    }

    /// What the lock itself says that its bolt did.
    pub(crate) fn movements(&mut self, movements: &[String]) {
        print(&json!({ "family": self.family, "movements": movements }));
    }
}

#[expect(clippy::print_stdout, reason = "the machine's console is the way out of it")]
fn print(result: &Value) {
    println!("RESULT {result}");
}
