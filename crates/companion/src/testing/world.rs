//! The world that goes with tokio's paused time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use terskel_model::trusted_time::BootId;
use terskel_model::world::ManualWorld;
use terskel_model::{Clock, Entropy, Timestamp, Uptime};
use tokio::time::Instant;

/// Both clocks follow tokio's; the device can sleep, be started anew, and have its wall clock set. Randomness repeats.
pub(crate) struct TestWorld {
    start: Instant,
    begins: Timestamp,
    /// How far time is ahead of tokio's; for everybody the same.
    passed: Arc<Mutex<TimeDelta>>,
    phone: Mutex<Phone>,
    entropy: ManualWorld,
}

#[derive(Clone, Copy, Default)]
struct Phone {
    /// How far the wall clock is ahead of time.
    wrong: TimeDelta,
    /// When it was started last, since the beginning.
    started: TimeDelta,
    boots: u128,
}

impl TestWorld {
    /// `seed`: of its randomness. Another process of the same phone needs another one.
    pub(crate) fn new(seed: u64) -> Self {
        let begins = Timestamp::from_timestamp_millis(1_790_000_000_000).unwrap();
        Self {
            start: Instant::now(),
            begins,
            passed: Arc::default(),
            phone: Mutex::default(),
            entropy: ManualWorld::new(begins, seed),
        }
    }

    /// Another device in the same time. `seed` as in [`Self::new`]: another one.
    pub(crate) fn beside(&self, seed: u64) -> Self {
        let entropy = ManualWorld::new(self.begins, seed);
        let Self { start, begins, .. } = *self;
        Self { start, begins, passed: self.passed.clone(), phone: Mutex::default(), entropy }
    }

    /// Since the beginning.
    fn elapsed(&self) -> TimeDelta {
        TimeDelta::from_std(self.start.elapsed()).unwrap() + *self.passed.lock().unwrap()
    }

    /// Everything sleeps: time passes for everybody but tokio.
    pub(crate) fn skip(&self, span: Duration) {
        *self.passed.lock().unwrap() += TimeDelta::from_std(span).unwrap();
    }

    /// Somebody sets the wall clock.
    pub(crate) fn set_wall_clock(&self, by: TimeDelta) {
        self.phone.lock().unwrap().wrong += by;
    }

    /// What honest clocks say.
    pub(crate) fn true_time(&self) -> Timestamp {
        let now = self.begins + self.elapsed();
        Timestamp::from_timestamp_millis(now.timestamp_millis()).unwrap()
    }

    /// The phone is started anew.
    pub(crate) fn reboot(&self) {
        let mut phone = self.phone.lock().unwrap();
        phone.started = self.elapsed();
        phone.boots += 1;
    }
}

impl Clock for TestWorld {
    fn now(&self) -> Timestamp {
        self.true_time() + self.phone.lock().unwrap().wrong
    }

    fn uptime(&self) -> Uptime {
        let up = self.elapsed() - self.phone.lock().unwrap().started;
        Uptime(up.to_std().unwrap())
    }

    fn boot(&self) -> Option<BootId> {
        Some(BootId(uuid::Uuid::from_u128(self.phone.lock().unwrap().boots)))
    }
}

impl Entropy for TestWorld {
    fn fill(&self, bytes: &mut [u8]) {
        self.entropy.fill(bytes);
    }
}
