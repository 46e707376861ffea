//! What time it is, on a phone whose wall clock anybody can set.
//!
//! The station's time, heard at a known uptime, tells the time for as long as the phone is not started anew: the uptime
//! goes on in suspend, and no setting moves it. After a start without network there is only the wall clock, and the
//! promise that time does not go back: the latest that was known is kept.

use crate::open_enum::open_enum;
use crate::{Clock, Timestamp, Uptime};

/// One start of a machine. Uptimes of two starts cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootId(pub uuid::Uuid);

/// The clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the wall clock says.
    pub wall: Timestamp,
    /// How long the machine has run.
    pub uptime: Uptime,
    /// Since which start.
    pub boot: BootId,
}

impl Reading {
    /// Reads a clock.
    pub fn of(clock: &(impl Clock + ?Sized), boot: BootId) -> Self {
        Self { wall: clock.now(), uptime: clock.uptime(), boot }
    }
}

open_enum! {
    /// How much a time is worth.
    ClockQuality {
        /// The station's, heard since the phone was started.
        Station = "station",
        /// The phone's wall clock: the station has not been heard since the phone was started.
        Phone = "phone",
        /// The wall clock has been set back behind a time that was known. This is the latest that can be proven.
        TurnedBack = "turned_back",
    }
}

/// A time, and the uptime at which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The time.
    pub at: Timestamp,
    /// When that was.
    pub uptime: Uptime,
    /// In which start.
    pub boot: BootId,
}

impl Mark {
    /// Where the mark has moved to. `None` after another start.
    fn moved(&self, reading: &Reading) -> Option<Timestamp> {
        let same = self.boot == reading.boot && self.uptime <= reading.uptime;
        same.then(|| self.at + (reading.uptime - self.uptime))
    }
}

/// What is kept, also while the app is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrustedTime {
    /// When the station was heard.
    pub station: Option<Mark>,
    /// It is not earlier than this.
    pub latest: Option<Mark>,
}

impl TrustedTime {
    /// The time, and what it is worth.
    #[must_use]
    pub fn tell(&self, reading: &Reading) -> (Timestamp, ClockQuality) {
        if let Some(at) = self.station.and_then(|mark| mark.moved(reading)) {
            return (at, ClockQuality::Station);
        }
        match self.latest.map(|mark| mark.moved(reading).unwrap_or(mark.at)) {
            Some(latest) if reading.wall < latest => (latest, ClockQuality::TurnedBack),
            _ => (reading.wall, ClockQuality::Phone),
        }
    }

    /// The station has answered with its time to what it was asked at `asked`. It may have said so at once and the answer
    /// have been held up: so that a held-up answer cannot turn the clock back, the time is taken to be that of the asking.
    #[must_use]
    pub fn heard(station: Timestamp, asked: &Reading) -> Self {
        let mark = Mark { at: station, uptime: asked.uptime, boot: asked.boot };
        Self { station: Some(mark), latest: Some(mark) }
    }

    /// Time has passed: what is told now will not be told to be earlier, whatever the wall clock says then.
    #[must_use]
    pub fn passed(self, reading: &Reading) -> Self {
        let mark = Mark { at: self.tell(reading).0, uptime: reading.uptime, boot: reading.boot };
        Self { latest: Some(mark), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::world::ManualWorld;

    const HOUR: Duration = Duration::from_secs(60 * 60);
    const MONDAY: BootId = BootId(uuid::Uuid::from_u128(1));
    const TUESDAY: BootId = BootId(uuid::Uuid::from_u128(2));

    fn evening() -> Timestamp {
        Timestamp::from_timestamp(1_768_516_200, 0).unwrap()
    }

    /// Uptime six hours; the station was heard just now, and told the same time as the wall clock.
    fn phone() -> (ManualWorld, TrustedTime) {
        let world = ManualWorld::new(evening() - 6 * HOUR, 1);
        world.forward(6 * HOUR);
        let time = TrustedTime::heard(evening(), &Reading::of(&world, MONDAY));
        (world, time)
    }

    fn tell(time: &TrustedTime, world: &ManualWorld, boot: BootId) -> (Timestamp, ClockQuality) {
        time.tell(&Reading::of(world, boot))
    }

    #[test]
    fn a_clock_that_is_set_while_the_phone_runs_changes_nothing() {
        let (world, time) = phone();
        world.forward(HOUR);
        for wrong in [evening() - 24 * HOUR, evening() + 24 * HOUR, Timestamp::UNIX_EPOCH] {
            world.set_wall_clock(wrong);
            assert_eq!(tell(&time, &world, MONDAY), (evening() + HOUR, ClockQuality::Station));
        }
    }

    #[test]
    fn a_night_in_suspend_is_a_night() {
        let (world, time) = phone();
        world.forward(9 * HOUR);
        assert_eq!(tell(&time, &world, MONDAY), (evening() + 9 * HOUR, ClockQuality::Station));
    }

    #[test]
    fn after_a_start_without_network_the_wall_clock_counts_as_long_as_it_is_not_behind() {
        let (world, time) = phone();
        world.forward(HOUR);
        let time = time.passed(&Reading::of(&world, MONDAY));
        // Off for two hours; the uptime begins anew.
        let started = ManualWorld::new(evening() + 3 * HOUR, 1);
        assert_eq!(tell(&time, &started, TUESDAY), (evening() + 3 * HOUR, ClockQuality::Phone));
        started.set_wall_clock(evening() - 5 * HOUR);
        assert_eq!(tell(&time, &started, TUESDAY), (evening() + HOUR, ClockQuality::TurnedBack));
        // From there on time passes, also while the app is closed.
        let time = time.passed(&Reading::of(&started, TUESDAY));
        started.forward(HOUR);
        assert_eq!(tell(&time, &started, TUESDAY), (evening() + 2 * HOUR, ClockQuality::TurnedBack));
    }

    #[test]
    fn a_longer_uptime_of_another_start_is_not_taken_for_the_same() {
        let (_, time) = phone();
        let started = ManualWorld::new(evening() - HOUR, 1);
        started.forward(48 * HOUR);
        assert_eq!(tell(&time, &started, TUESDAY).1, ClockQuality::Phone);
        // And a start that somebody could pass off as the same one has an uptime that is too short.
        let young = ManualWorld::new(evening() - HOUR, 1);
        assert_eq!(tell(&time, &young, MONDAY), (evening(), ClockQuality::TurnedBack));
    }

    #[test]
    fn a_clock_that_ran_ahead_without_network_is_put_right_by_the_station() {
        let started = ManualWorld::new(evening() + 24 * HOUR, 1);
        let time = TrustedTime::default().passed(&Reading::of(&started, TUESDAY));
        started.set_wall_clock(evening());
        assert_eq!(tell(&time, &started, TUESDAY), (evening() + 24 * HOUR, ClockQuality::TurnedBack));
        let time = TrustedTime::heard(evening(), &Reading::of(&started, TUESDAY));
        assert_eq!(tell(&time, &started, TUESDAY), (evening(), ClockQuality::Station));
    }

    #[test]
    fn an_answer_that_was_held_up_does_not_turn_the_clock_back() {
        let world = ManualWorld::new(evening(), 1);
        let asked = Reading::of(&world, MONDAY);
        world.forward(HOUR);
        let time = TrustedTime::heard(evening(), &asked);
        assert_eq!(tell(&time, &world, MONDAY).0, evening() + HOUR);
    }

    proptest::proptest! {
        /// Whatever is done to the wall clock and however often the phone is started, once a time was told and kept, none
        /// that is earlier is told without the station's word.
        #[test]
        fn time_does_not_go_back(steps in proptest::collection::vec((0u64..7200, -90_000i64..90_000, proptest::bool::ANY), 1..30)) {
            let (mut wall, mut uptime, mut boot) = (evening(), Uptime::default(), 1u128);
            let mut time = TrustedTime::default();
            let mut last = Timestamp::UNIX_EPOCH;
            for (passes, set, restart) in steps {
                wall = wall + Duration::from_secs(passes) + chrono::TimeDelta::seconds(set);
                (uptime, boot) = if restart { (Uptime::default(), boot + 1) } else { (uptime + Duration::from_secs(passes), boot) };
                let reading = Reading { wall, uptime, boot: BootId(uuid::Uuid::from_u128(boot)) };
                let told = time.tell(&reading).0;
                proptest::prop_assert!(told >= last);
                (last, time) = (told, time.passed(&reading));
            }
        }
    }
}
