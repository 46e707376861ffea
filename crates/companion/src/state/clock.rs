//! The time that keys, the shift and retention go by (`terskel_model::trusted_time`), not the wall clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use terskel_model::trusted_time::{BootId, ClockQuality, Reading, TrustedTime};
use terskel_model::world::random;
use terskel_model::{Timestamp, World};

use crate::store::{Store, StoreError};

/// The phone's clock.
pub(crate) struct PhoneClock {
    world: Arc<dyn World>,
    boot: BootId,
    known: Mutex<TrustedTime>,
}

impl PhoneClock {
    /// With what an earlier process has kept. Where the system does not name its starts, each process is a start of its own.
    pub(crate) async fn open(world: Arc<dyn World>, store: &Store) -> Result<Self, StoreError> {
        let boot = world.boot().unwrap_or_else(|| BootId(uuid::Uuid::from_bytes(random(&*world))));
        let clock = Self { known: Mutex::new(store.clock().await?), world, boot };
        clock.keep(store).await?;
        Ok(clock)
    }

    /// For [`Self::heard`], before the station is asked.
    pub(crate) fn reading(&self) -> Reading {
        Reading::of(&*self.world, self.boot)
    }

    /// For what has nothing to do with time: ids.
    pub(crate) fn world(&self) -> &dyn World {
        &*self.world
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.tell().0
    }

    pub(crate) fn quality(&self) -> ClockQuality {
        self.tell().1
    }

    /// How far the wall clock is ahead of [`Self::now`]: whole seconds, towards nothing, so that the network's jitter is none.
    pub(crate) fn wall_ahead_s(&self) -> i32 {
        let reading = self.reading();
        let ahead = (reading.wall - self.known().tell(&reading).0).num_seconds();
        i32::try_from(ahead).unwrap_or(if ahead < 0 { i32::MIN } else { i32::MAX })
    }

    fn tell(&self) -> (Timestamp, ClockQuality) {
        self.known().tell(&self.reading())
    }

    /// The station has told its time, to what was asked then.
    pub(crate) async fn heard(
        &self,
        station: Timestamp,
        asked: &Reading,
        store: &Store,
    ) -> Result<(), StoreError> {
        let ahead = asked.wall - station;
        if ahead.abs() > chrono::TimeDelta::seconds(60) {
            tracing::warn!(
                seconds = ahead.num_seconds(),
                "the phone's wall clock differs from the station's"
            );
        }
        let heard = TrustedTime::heard(station, asked);
        *self.known() = heard;
        store.save_clock(&heard).await
    }

    /// Time has passed, and does not come back, also when the app is closed.
    pub(crate) async fn keep(&self, store: &Store) -> Result<(), StoreError> {
        let reading = self.reading();
        let passed = {
            let mut known = self.known();
            if known.tell(&reading).1 == ClockQuality::TurnedBack {
                tracing::warn!("the phone's wall clock has been set back");
            }
            *known = known.passed(&reading);
            *known
        };
        store.save_clock(&passed).await
    }

    fn known(&self) -> MutexGuard<'_, TrustedTime> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
