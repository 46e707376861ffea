//! How often a device is connected to without having been asked for.

use std::time::Duration;

use tokio::time::Instant;

/// A lock lets go of an idle connection after about half a minute: so long a worker may stand before the door.
const TRIES: u32 = 5;
const BETWEEN: Duration = Duration::from_secs(1);
/// Long enough for another phone's tries to connect (`radio::connect`) to find the lock free.
const REST: Duration = Duration::from_secs(4);

/// Counts the tries. Begins anew when the worker has asked, or when the device was out of hearing and came back.
#[derive(Debug)]
pub(super) struct Preparation {
    left: u32,
    not_before: Instant,
}

impl Preparation {
    pub(super) fn new() -> Self {
        Self { left: TRIES, not_before: Instant::now() }
    }

    /// Whether to try now.
    pub(super) fn may_try(&self) -> bool {
        self.left > 0 && self.not_before <= Instant::now()
    }

    /// A try begins.
    pub(super) fn tried(&mut self) {
        self.left = self.left.saturating_sub(1);
        self.not_before = Instant::now() + BETWEEN;
    }

    /// Leaves the device to others for a while.
    pub(super) fn rest(&mut self) {
        self.not_before = Instant::now() + REST;
    }

    /// When [`Self::may_try`] may become true by time alone.
    pub(super) fn next(&self) -> Option<Instant> {
        (self.left > 0 && self.not_before > Instant::now()).then_some(self.not_before)
    }
}
