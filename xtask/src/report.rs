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

/// How a step that could be tried ended.
pub(crate) enum Done {
    /// As it should.
    Well,
    /// It could not be tried on this machine, and why.
    Skipped(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    Skipped,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::Skipped => "SKIPPED",
        }
    }
}

/// Steps that are all tried, also after one has failed.
pub(crate) struct Report {
    done: Vec<Step>,
    whole: Watch,
}

type Step = (String, Duration, Verdict);

impl Report {
    pub(crate) fn begin() -> Self {
        Self { done: vec![], whole: Watch::start() }
    }

    /// Tries one step. Hands out whether it went well, for steps that need it.
    pub(crate) fn step(&mut self, name: &str, doing: impl FnOnce() -> Result<()>) -> bool {
        self.attempt(name, || doing().map(|()| Done::Well)) == Verdict::Passed
    }

    /// Tries one step that some machines can't do. Skipped is not passed, and is said so in the end.
    pub(crate) fn step_where_possible(&mut self, name: &str, doing: impl FnOnce() -> Result<Done>) {
        self.attempt(name, doing);
    }

    /// Tries two steps at the same time: one of them mostly waits.
    pub(crate) fn steps_together(
        &mut self,
        (name, doing): (&str, impl FnOnce() -> Result<()>),
        (beside, waiting): (&str, impl FnOnce() -> Result<()> + Send),
    ) {
        let second = std::thread::scope(|scope| {
            let second = scope.spawn(|| attempt(beside, || waiting().map(|()| Done::Well)));
            self.step(name, doing);
            second.join()
        });
        let second = second.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        self.done.push(second);
    }

    fn attempt(&mut self, name: &str, doing: impl FnOnce() -> Result<Done>) -> Verdict {
        let step = attempt(name, doing);
        let verdict = step.2;
        self.done.push(step);
        verdict
    }

    /// A step that can't be tried because one before it failed.
    pub(crate) fn blocked(&mut self, name: &str, by: &str) {
        say(&format!("\n== {name}: FAILED, not tried because \"{by}\" failed"));
        self.done.push((name.to_owned(), Duration::ZERO, Verdict::Failed));
    }

    /// The table, and as the last line the count.
    pub(crate) fn finish(self) -> ExitCode {
        say("");
        for (name, took, verdict) in &self.done {
            say(&format!("{:<7}  {:>7.1} s  {name}", verdict.word(), took.as_secs_f32()));
        }
        say(&format!("{:.0} s in all", self.whole.elapsed().as_secs_f32()));
        let count = |wanted| self.done.iter().filter(|(_, _, verdict)| *verdict == wanted).count();
        let failed = count(Verdict::Failed);
        let skipped = match count(Verdict::Skipped) {
            0 => String::new(),
            some => format!(", {some} SKIPPED"),
        };
        say(&format!("{} passed, {failed} failed{skipped}", count(Verdict::Passed)));
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn attempt(name: &str, doing: impl FnOnce() -> Result<Done>) -> Step {
    say(&format!("\n== {name}"));
    let watch = Watch::start();
    let result = doing();
    let took = watch.elapsed();
    let verdict = match result {
        Ok(Done::Well) => Verdict::Passed,
        Ok(Done::Skipped(why)) => {
            say(&format!("SKIPPED: {why}"));
            Verdict::Skipped
        }
        Err(error) => {
            say(&format!("{error:#}"));
            Verdict::Failed
        }
    };
    say(&format!("== {name}: {} in {:.1} s", verdict.word(), took.as_secs_f32()));
    (name.to_owned(), took, verdict)
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
