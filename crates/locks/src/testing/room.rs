//! A phone and a lock in one room, with virtual time and an air that can misbehave.

use std::collections::VecDeque;
use std::time::Duration;

use terskel_model::{Timestamp, Uptime};
use uuid::Uuid;

use crate::device::{Device, DeviceFault, DeviceTime};
use crate::session::{Session, Transmit};

/// What the air does to one packet; packets are counted from 1, both directions together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Air {
    Clear,
    /// The link is lost when this packet is to be carried, which does not arrive.
    CutAt(usize),
    /// The link is lost right after this packet arrived.
    CutAfter(usize),
    /// The air stands still after this packet, until it is clear again.
    StopAfter(usize),
    /// The lock hangs after this packet.
    HangAfter(usize),
    Lose(usize),
    Repeat(usize),
    /// This packet and the next one of the same direction change places.
    Swap(usize),
    /// Notifications come on the other characteristic.
    LanesCrossed,
    /// Notifications are cut into values of this many bytes, whatever messages they belong to.
    Regroup(usize),
    /// About every eighth packet is lost, and every eighth comes twice, by a seed.
    Storm(u64),
}

/// What holds in a family's rooms.
pub(crate) trait RoomLock: Device {
    const MTU: usize;
    /// Longer than any session waits for anything.
    const PATIENCE: Duration;
    /// Whether a lock lets go of a phone that asks nothing more, within [`Self::PATIENCE`].
    const LETS_GO: bool;

    /// The wall clock when the room is entered.
    fn start() -> Timestamp;
    /// Whether the family may write so.
    fn allows(sent: &Transmit) -> bool;
}

pub(crate) struct Room<S: Session, D> {
    pub(crate) phone: S,
    pub(crate) lock: D,
    pub(crate) air: Air,
    pub(crate) mtu: usize,
    pub(crate) now: Uptime,
    pub(crate) start: Timestamp,
    /// By how much the lock's wall clock is ahead of the phone's.
    pub(crate) lock_ahead: chrono::TimeDelta,
    pub(crate) events: Vec<S::Event>,
    pub(crate) packets: usize,
    /// Times the phone waited for the lock: link-level turns.
    pub(crate) turns: usize,
    /// The count of turns when each event was told.
    pub(crate) told_in_turn: Vec<usize>,
    pub(crate) connected: bool,
    held: Option<(Uuid, Vec<u8>)>,
    phone_spoke: bool,
}

/// When the room is entered.
pub(crate) const BOOT: Duration = Duration::from_secs(1000);

impl<S: Session, D: RoomLock> Room<S, D> {
    pub(crate) fn new(phone: S, lock: D) -> Self {
        Self {
            phone,
            lock,
            air: Air::Clear,
            mtu: D::MTU,
            now: Uptime(BOOT),
            start: D::start(),
            lock_ahead: chrono::TimeDelta::zero(),
            events: Vec::new(),
            packets: 0,
            turns: 0,
            told_in_turn: Vec::new(),
            connected: false,
            held: None,
            phone_spoke: false,
        }
    }

    pub(crate) fn connect(&mut self) {
        self.connected = true;
        self.lock.connected(self.mtu, self.lock_time());
        for characteristic in self.phone.profile().notify {
            self.lock.subscribed(characteristic, self.lock_time());
        }
        self.phone.connected(self.mtu, self.now);
    }

    /// Connects, and lets the phone do what it does when nothing is asked.
    pub(crate) fn prepare(&mut self) {
        self.connect();
        self.settle();
    }

    pub(crate) fn lock_time(&self) -> DeviceTime {
        DeviceTime { uptime: self.now, wall: self.start + (self.now - Uptime(BOOT)) + self.lock_ahead }
    }

    pub(crate) fn cut(&mut self) {
        if std::mem::take(&mut self.connected) {
            self.lock.disconnected(self.lock_time());
            self.phone.disconnected(self.now);
        }
    }

    /// Carries packets until both are silent.
    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            self.events.extend(std::iter::from_fn(|| self.phone.poll_event()));
            self.told_in_turn.resize(self.events.len(), self.turns);
            if !self.connected {
                // A runner may still ask; nothing may be left to send.
                assert!(self.phone.poll_transmit().is_none(), "sends after the link is gone");
                return;
            }
            if matches!(self.air, Air::StopAfter(n) if n <= self.packets) {
                return;
            }
            if let Some(sent) = self.phone.poll_transmit() {
                assert!(D::allows(&sent));
                self.turns += usize::from(!std::mem::replace(&mut self.phone_spoke, true));
                self.carry(sent.characteristic, sent.value, true);
            } else if let Some((characteristic, value)) = self.notification() {
                self.phone_spoke = false;
                self.carry(characteristic, value, false);
            } else if self.phone.is_over() || self.lock.poll_disconnect() {
                self.cut();
            } else {
                return;
            }
        }
        panic!("they never stop talking");
    }

    fn notification(&mut self) -> Option<(Uuid, Vec<u8>)> {
        let (from, mut value) = self.lock.poll_notify()?;
        assert!(value.len() <= self.mtu - 3);
        if let Air::Regroup(_) = self.air {
            while let Some((_, more)) = self.lock.poll_notify() {
                value.extend(more);
            }
        }
        Some((from, value))
    }

    fn carry(&mut self, characteristic: Uuid, value: Vec<u8>, to_lock: bool) {
        self.packets += 1;
        let mut arriving = VecDeque::from([(characteristic, value)]);
        match self.air {
            Air::CutAt(n) if n == self.packets => return self.cut(),
            Air::Lose(n) if n == self.packets => arriving.clear(),
            Air::Repeat(n) if n == self.packets => arriving.extend(arriving.clone()),
            Air::Swap(n) if n == self.packets => self.held = arriving.pop_front(),
            Air::Storm(seed) => match dice(seed, self.packets) {
                0 => arriving.clear(),
                1 => arriving.extend(arriving.clone()),
                _ => {}
            },
            _ => arriving.extend(self.held.take()),
        }
        for (characteristic, value) in arriving {
            if to_lock {
                self.lock.written(characteristic, &value, self.lock_time());
            } else {
                self.hear(characteristic, &value);
            }
        }
        match self.air {
            Air::CutAfter(n) if n == self.packets => self.cut(),
            Air::HangAfter(n) if n == self.packets => self.lock.inject(DeviceFault::Hang(true)),
            _ => {}
        }
    }

    fn hear(&mut self, from: Uuid, value: &[u8]) {
        match self.air {
            Air::Regroup(size) => {
                value.chunks(size).for_each(|part| self.phone.received(from, part, self.now));
            }
            Air::LanesCrossed => {
                let lanes = self.phone.profile().notify;
                let other = lanes.into_iter().find(|lane| *lane != from).expect("a second characteristic");
                self.phone.received(other, value, self.now);
            }
            _ => self.phone.received(from, value, self.now),
        }
    }

    /// Lets so much time pass.
    pub(crate) fn wait_for(&mut self, span: Duration) {
        let end = self.now + span;
        self.settle();
        for _ in 0..100_000 {
            let phone = self.phone.poll_timeout().map(|(at, _)| at).filter(|_| self.connected);
            let next = phone.into_iter().chain(self.lock.poll_timeout()).min();
            let Some(at) = next.filter(|at| *at <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(at);
            if self.connected {
                self.phone.timed_out(self.now);
            }
            self.lock.timed_out(self.lock_time());
            self.settle();
        }
        panic!("a timer that never ends");
    }

    pub(crate) fn wait(&mut self) {
        self.wait_for(D::PATIENCE);
    }

    pub(crate) fn moved(&self, what: &str) -> usize {
        self.lock.report().movements.iter().filter(|movement| movement.what == what).count()
    }
}

/// 0 to 7, by the number of the packet.
fn dice(seed: u64, packet: usize) -> u64 {
    let mixed =
        (seed ^ (packet as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed >> 61
}
