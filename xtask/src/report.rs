//! Steps with name and duration, and what to say at the end.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// A line on the terminal.
pub(crate) fn say(text: &str) {
    // Nobody is left to be told when the terminal is gone.
    writeln!(std::io::stdout().lock(), "{text}").ok();
}

/// Steps that are all tried, also after one has failed.
#[derive(Default)]
pub(crate) struct Report {
    done: Vec<(String, Duration, bool)>,
}

impl Report {
    /// Tries one step. Hands out whether it went well, for steps that need it.
    pub(crate) fn step(&mut self, name: &str, doing: impl FnOnce() -> Result<()>) -> bool {
        say(&format!("\n== {name}"));
        let watch = Watch::start();
        let result = doing();
        let took = watch.elapsed();
        if let Err(error) = &result {
            say(&format!("{error:#}"));
        }
        let word = if result.is_ok() { "passed" } else { "FAILED" };
        say(&format!("== {name}: {word} in {:.1} s", took.as_secs_f32()));
        self.done.push((name.to_owned(), took, result.is_ok()));
        result.is_ok()
    }

    /// A step that can't be tried because one before it failed.
    pub(crate) fn blocked(&mut self, name: &str, by: &str) {
        say(&format!("\n== {name}: FAILED, not tried because \"{by}\" failed"));
        self.done.push((name.to_owned(), Duration::ZERO, false));
    }

    /// The table, and as the last line the count.
    pub(crate) fn finish(self) -> ExitCode {
        say("");
        for (name, took, well) in &self.done {
            let word = if *well { "passed" } else { "FAILED" };
            say(&format!("{word}  {:>7.1} s  {name}", took.as_secs_f32()));
        }
        let passed = self.done.iter().filter(|(_, _, well)| *well).count();
        let failed = self.done.len() - passed;
        let whole: Duration = self.done.iter().map(|(_, took, _)| *took).sum();
        say(&format!("{:.0} s in all", whole.as_secs_f32()));
        say(&format!("{passed} passed, {failed} failed"));
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// How long something has taken.
pub(crate) struct Watch(Instant);

#[expect(
    clippy::disallowed_methods,
    reason = "a build tool times itself; nothing is stored or decided by it"
)]
impl Watch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
