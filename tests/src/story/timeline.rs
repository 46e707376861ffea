//! What was done, by whom, and how long it took.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;
use terskel_model::world::{Clock, Uptime};

/// One step of a story that went well.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Who did it.
    pub who: String,
    /// What.
    pub what: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// Records steps, and shows each to somebody as it is done.
pub struct Timeline<'a> {
    clock: &'a dyn Clock,
    show: &'a mut dyn FnMut(&Step),
    steps: Vec<Step>,
}

impl std::fmt::Debug for Timeline<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timeline").field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl<'a> Timeline<'a> {
    /// An empty one.
    pub fn new(clock: &'a dyn Clock, show: &'a mut dyn FnMut(&Step)) -> Self {
        Self { clock, show, steps: Vec::new() }
    }

    /// Does one step and records it if it goes well.
    ///
    /// # Errors
    /// Those of the step, with who and what.
    pub async fn step<T>(
        &mut self,
        who: &str,
        what: &str,
        doing: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let from = self.clock.uptime();
        let result = doing.await.map_err(|error| error.context(format!("{who}: {what}")))?;
        self.done(who, what, from);
        Ok(result)
    }

    /// The steps so far.
    #[must_use]
    pub fn into_steps(self) -> Vec<Step> {
        self.steps
    }

    fn done(&mut self, who: &str, what: &str, from: Uptime) {
        let took_ms = millis(self.clock.uptime() - from);
        let step = Step { who: who.to_owned(), what: what.to_owned(), took_ms };
        (self.show)(&step);
        self.steps.push(step);
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
