//! Time and randomness, always passed in (design law 2). [`SystemWorld`] is the only place that reads the real ones.

use std::ops::{Add, Sub};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::trusted_time::BootId;

/// Wall-clock time, UTC. Stored and sent; never used to measure a span on one machine.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// Time since an arbitrary start of this machine, time in suspend included. Only differences mean something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uptime(pub Duration);

impl Add<Duration> for Uptime {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span))
    }
}

impl Sub for Uptime {
    type Output = Duration;
    /// Zero where `earlier` is later.
    fn sub(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Reads time.
pub trait Clock: Send + Sync {
    /// UTC now, cut to whole milliseconds: the precision of everything stored and signed.
    fn now(&self) -> Timestamp;
    /// Suspend-aware time that a changed wall clock does not move.
    fn uptime(&self) -> Uptime;
    /// Names the start of the machine that [`Clock::uptime`] counts from. `None` where the system does not tell.
    fn boot(&self) -> Option<BootId> {
        None
    }
}

/// A cryptographically secure source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` random bytes.
pub fn random<const N: usize>(entropy: &(impl Entropy + ?Sized)) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// Clock and entropy together: what ids are made of.
pub trait World: Clock + Entropy {}
impl<T: Clock + Entropy> World for T {}

/// The real clock and the operating system's random generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemWorld;

impl Clock for SystemWorld {
    #[expect(clippy::disallowed_methods, reason = "the one module that may read the clock")]
    fn now(&self) -> Timestamp {
        whole_millis(chrono::Utc::now())
    }

    fn uptime(&self) -> Uptime {
        let t = rustix::time::clock_gettime(SUSPEND_AWARE);
        Uptime(Duration::new(t.tv_sec.unsigned_abs(), u32::try_from(t.tv_nsec).unwrap_or(0)))
    }

    fn boot(&self) -> Option<BootId> {
        boot_id()
    }
}

/// Linux and Android name each start of the kernel.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn boot_id() -> Option<BootId> {
    let told = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    told.trim().parse().ok().map(BootId)
}

/// Apple's systems tell it to no app.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn boot_id() -> Option<BootId> {
    None
}

/// Linux and Android stop `CLOCK_MONOTONIC` in suspend; Apple's kernels count it there.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SUSPEND_AWARE: rustix::time::ClockId = rustix::time::ClockId::Boottime;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SUSPEND_AWARE: rustix::time::ClockId = rustix::time::ClockId::Monotonic;

impl Entropy for SystemWorld {
    /// # Panics
    /// If the operating system has no random generator: nothing safe can be done then.
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the one module that may draw randomness"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

fn whole_millis(t: Timestamp) -> Timestamp {
    Timestamp::from_timestamp_millis(t.timestamp_millis()).unwrap_or(t)
}

/// A world for tests: time stands still until it is moved, and the "random" bytes repeat from run to run.
#[derive(Debug)]
pub struct ManualWorld(Mutex<Manual>);

#[derive(Debug)]
struct Manual {
    now: Timestamp,
    uptime: Uptime,
    state: u64,
}

impl ManualWorld {
    /// Starts at `now`, with an uptime of zero and the byte stream of `seed`.
    #[must_use]
    pub fn new(now: Timestamp, seed: u64) -> Self {
        Self(Mutex::new(Manual { now: whole_millis(now), uptime: Uptime::default(), state: seed }))
    }

    /// Moves wall clock and uptime forward together.
    pub fn forward(&self, span: Duration) {
        let mut world = self.lock();
        world.now += span;
        world.uptime = world.uptime + span;
    }

    /// Sets the wall clock alone, as a worker or a network can.
    pub fn set_wall_clock(&self, now: Timestamp) {
        self.lock().now = whole_millis(now);
    }

    fn lock(&self) -> MutexGuard<'_, Manual> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualWorld {
    fn now(&self) -> Timestamp {
        self.lock().now
    }
    fn uptime(&self) -> Uptime {
        self.lock().uptime
    }
}

impl Entropy for ManualWorld {
    /// SplitMix64: repeatable, and far from secure.
    fn fill(&self, bytes: &mut [u8]) {
        let mut world = self.lock();
        for chunk in bytes.chunks_mut(8) {
            world.state = world.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = world.state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_be_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_time_has_no_part_of_a_millisecond() {
        assert_eq!(SystemWorld.now().timestamp_subsec_nanos() % 1_000_000, 0);
    }

    #[test]
    fn uptime_moves_forward() {
        let first = SystemWorld.uptime();
        assert!(SystemWorld.uptime() >= first);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_start_of_the_machine_has_one_name() {
        assert!(SystemWorld.boot().is_some());
        assert_eq!(SystemWorld.boot(), SystemWorld.boot());
    }

    #[test]
    fn a_manual_world_repeats_itself_and_can_have_a_wrong_clock() {
        let (a, b) = (ManualWorld::new(Timestamp::UNIX_EPOCH, 7), ManualWorld::new(Timestamp::UNIX_EPOCH, 7));
        assert_eq!(random::<32>(&a), random::<32>(&b));
        assert_ne!(random::<32>(&a), random::<32>(&ManualWorld::new(Timestamp::UNIX_EPOCH, 8)));
        a.forward(Duration::from_secs(60));
        a.set_wall_clock(Timestamp::UNIX_EPOCH);
        assert_eq!((a.now(), a.uptime()), (Timestamp::UNIX_EPOCH, Uptime(Duration::from_secs(60))));
    }
}
