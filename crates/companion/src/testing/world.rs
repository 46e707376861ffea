//! The world that goes with tokio's paused time.

use std::sync::Mutex;
use std::time::Duration;

use chrono::TimeDelta;
use terskel_model::world::ManualWorld;
use terskel_model::{Clock, Entropy, Timestamp, Uptime};
use tokio::time::Instant;

/// Both clocks follow tokio's; the wall clock can be moved apart. Randomness repeats.
pub(crate) struct TestWorld {
    start: Instant,
    begins: Timestamp,
    ahead: Mutex<TimeDelta>,
    entropy: ManualWorld,
}

impl TestWorld {
    /// `seed`: of its randomness. Another process of the same phone needs another one.
    pub(crate) fn new(seed: u64) -> Self {
        let begins = Timestamp::from_timestamp_millis(1_790_000_000_000).unwrap();
        Self {
            start: Instant::now(),
            begins,
            ahead: Mutex::new(TimeDelta::zero()),
            entropy: ManualWorld::new(begins, seed),
        }
    }

    /// Moves the wall clock alone.
    pub(crate) fn skip(&self, span: Duration) {
        *self.ahead.lock().unwrap() += TimeDelta::from_std(span).unwrap();
    }
}

impl Clock for TestWorld {
    fn now(&self) -> Timestamp {
        let now = self.begins + self.start.elapsed() + *self.ahead.lock().unwrap();
        Timestamp::from_timestamp_millis(now.timestamp_millis()).unwrap()
    }

    fn uptime(&self) -> Uptime {
        Uptime(self.start.elapsed())
    }
}

impl Entropy for TestWorld {
    fn fill(&self, bytes: &mut [u8]) {
        self.entropy.fill(bytes);
    }
}
