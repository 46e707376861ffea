//! Waiting longer after each failure, and never in step with other phones.

use std::time::Duration;

use terskel_model::Entropy;
use terskel_model::world::random;

/// Doubles from `first` to `longest`; each wait is between half of it and all of it.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first }
    }

    /// It worked: the next failure waits shortly again.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }

    /// How long to wait now.
    pub(crate) fn wait(&mut self, entropy: &(impl Entropy + ?Sized)) -> Duration {
        let span = self.next;
        self.next = (span * 2).min(self.longest);
        let [byte] = random::<1>(entropy);
        span / 2 + span / 2 * u32::from(byte) / 255
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_model::Timestamp;
    use terskel_model::world::ManualWorld;

    #[test]
    fn waits_grow_to_the_longest_and_begin_again() {
        let world = ManualWorld::new(Timestamp::UNIX_EPOCH, 1);
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        let waits: Vec<_> = (0..12).map(|_| backoff.wait(&world)).collect();
        assert!(waits[0] >= Duration::from_millis(250) && waits[0] <= Duration::from_millis(500));
        assert!(waits[11] >= Duration::from_secs(15) && waits[11] <= Duration::from_secs(30));
        backoff.reset();
        assert!(backoff.wait(&world) <= Duration::from_millis(500));
    }
}
