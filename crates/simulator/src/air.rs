//! What lies between the adapter and a device: connection events, advertising, and what goes wrong there.

use std::time::Duration;

use terskel_model::Uptime;

/// Until both ends of a link that has gone silent take it for lost. Linux's default for Low Energy links.
pub(crate) const SUPERVISION: Duration = Duration::from_millis(420);

/// How long Linux tries to set up a connection to a device that is not heard.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// Radio controller and daemon take a moment between a reply and the notification after it, so that no client gets
/// the answer to a write before the write has returned.
pub(crate) const HOST_TURN: Duration = Duration::from_millis(3);

/// Connection events from the connection to `ServicesResolved`, with the two that a subscription takes left out:
/// counted on the real stack as 28 until subscribed.
pub(crate) const EVENTS_TO_DISCOVER: u32 = 26;

/// The same for a device whose services are known: 14 until subscribed.
pub(crate) const EVENTS_TO_RECOGNISE: u32 = 12;

/// Connection events that pairing takes ("just works", legacy; estimated, not counted on a real stack).
pub(crate) const EVENTS_TO_PAIR: u32 = 8;

/// How the air is paced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// From one connection event to the next; zero: everything arrives at once.
    pub(crate) interval: Duration,
    /// From one advertisement of a device to the next.
    pub(crate) advertising: Duration,
    /// ATT MTU after the exchange.
    pub(crate) mtu: u16,
    /// How long a device that changes its address keeps one.
    pub(crate) address_lifetime: Duration,
}

impl Timing {
    /// The first connection event strictly after `now` on a link that began at `anchor`; `now` where events take
    /// no time.
    pub(crate) fn next_event(&self, anchor: Uptime, now: Uptime) -> Uptime {
        match (now - anchor).as_nanos().checked_div(self.interval.as_nanos()) {
            Some(passed) => anchor + times(self.interval, passed.saturating_add(1)),
            None => now,
        }
    }

    /// How long `events` connection events take.
    pub(crate) fn events(&self, events: u32) -> Duration {
        self.interval.saturating_mul(events)
    }
}

fn times(span: Duration, count: u128) -> Duration {
    Duration::from_nanos(u64::try_from(span.as_nanos().saturating_mul(count)).unwrap_or(u64::MAX))
}

/// What is wrong with the air around one device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AirFaults {
    /// Nothing is heard in either direction.
    pub(crate) out_of_range: bool,
    /// The device does not advertise.
    pub(crate) asleep: bool,
    /// The n-th packet from now, counted in both directions, is lost and the link with it. At least 1.
    pub(crate) lose_packet: Option<u32>,
    /// The device's wall clock is ahead by so many seconds.
    pub(crate) clock_skew_s: i64,
}

impl AirFaults {
    /// Can the device be heard?
    pub(crate) fn audible(&self) -> bool {
        !self.out_of_range && !self.asleep
    }

    /// Counts a packet. Is it the one that gets lost?
    pub(crate) fn loses_packet(&mut self) -> bool {
        match self.lose_packet {
            None => false,
            Some(left) if left > 1 => {
                self.lose_packet = Some(left - 1);
                false
            }
            Some(_) => {
                self.lose_packet = None;
                true
            }
        }
    }
}

#[cfg(test)]
impl Timing {
    /// Everything arrives at once.
    pub(crate) fn of_tests() -> Self {
        let (interval, advertising) = (Duration::ZERO, Duration::from_millis(100));
        Self { interval, advertising, mtu: 247, address_lifetime: Duration::from_secs(900) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Uptime {
        Uptime(Duration::from_millis(ms))
    }

    #[test]
    fn events_lie_on_the_grid_of_the_link() {
        let timing = Timing {
            interval: Duration::from_millis(30),
            advertising: Duration::from_millis(100),
            ..Timing::of_tests()
        };
        assert_eq!(timing.next_event(ms(7), ms(7)), ms(37));
        assert_eq!(timing.next_event(ms(7), ms(36)), ms(37));
        assert_eq!(timing.next_event(ms(7), ms(37)), ms(67));
        let instant = Timing { interval: Duration::ZERO, ..timing };
        assert_eq!(instant.next_event(ms(7), ms(36)), ms(36));
    }

    #[test]
    fn only_the_nth_packet_is_lost() {
        let mut faults = AirFaults { lose_packet: Some(3), ..AirFaults::default() };
        let lost: Vec<bool> = (0..5).map(|_| faults.loses_packet()).collect();
        assert_eq!(lost, [false, false, true, false, false]);
    }
}
