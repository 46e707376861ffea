//! A phone and a lock in one room, with virtual time and an air that can misbehave.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::world::ManualWorld;
use terskel_model::{Timestamp, Uptime};
use uuid::Uuid;

use super::vectors::paired;
use crate::device::{Device, DeviceTime};
use crate::family::Visitor;
use crate::lock::{LockCommand, LockEvent};
use crate::nuki::Credential;
use crate::nuki::device::{Known, LockConfig, SimulatedLock};
use crate::nuki::phone::LockSession;
use crate::session::Session;

/// What the air does to one packet; packets are counted from 1, both directions together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Air {
    Clear,
    /// The link is lost when this packet is to be carried, which does not arrive.
    CutAt(usize),
    /// The link is lost right after this packet arrived.
    CutAfter(usize),
    /// The air stands still after this packet.
    StopAfter(usize),
    /// The lock hangs after this packet.
    HangAfter(usize),
    Lose(usize),
    Repeat(usize),
    /// About every eighth packet is lost, and every eighth comes twice, by a seed.
    Storm(u64),
}

pub(super) struct Pair<S: Session> {
    pub(super) phone: S,
    pub(super) lock: SimulatedLock,
    pub(super) air: Air,
    pub(super) mtu: usize,
    pub(super) now: Uptime,
    pub(super) events: Vec<S::Event>,
    pub(super) packets: usize,
    /// By how much the lock's wall clock is ahead of the phone's.
    pub(super) lock_ahead: chrono::TimeDelta,
    pub(super) start: Timestamp,
    connected: bool,
}

pub(super) const BOOT: Duration = Duration::from_secs(1000);

pub(super) fn world(seed: u64) -> Arc<ManualWorld> {
    Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, seed))
}

/// Saturday, 7 March 2026.
pub(super) fn morning() -> Timestamp {
    "2026-03-07T08:15:30Z".parse().unwrap()
}

pub(super) fn visitor(name: &str) -> Visitor {
    Visitor { entropy: world(1), clocks: (morning(), Uptime(BOOT)), name: name.into() }
}

pub(super) fn known(credential: &Credential) -> Known {
    Known { credential: credential.clone(), name: "Phone".into() }
}

pub(super) fn lock_with(config: LockConfig) -> SimulatedLock {
    SimulatedLock::new(LockConfig { authorizations: vec![known(&paired())], ..config }, world(2))
}

pub(super) fn session_of(credential: Credential) -> LockSession {
    LockSession::new(credential, LockConfig::default().nuki_id, visitor("Ada"))
}

/// Ada's phone at Kari Nordmann's door.
pub(super) fn at_the_door() -> Pair<LockSession> {
    Pair::new(session_of(paired()), lock_with(LockConfig::default()))
}

/// The same, with the lock's PIN.
pub(super) fn administrator() -> Credential {
    Credential { pin: Some(1234), ..paired() }
}

impl<S: Session> Pair<S> {
    pub(super) fn new(phone: S, lock: SimulatedLock) -> Self {
        Self {
            phone,
            lock,
            air: Air::Clear,
            mtu: 247,
            now: Uptime(BOOT),
            events: Vec::new(),
            packets: 0,
            lock_ahead: chrono::TimeDelta::zero(),
            start: morning(),
            connected: false,
        }
    }

    pub(super) fn connect(&mut self) {
        self.connected = true;
        self.lock.connected(self.mtu, self.lock_time());
        for characteristic in self.phone.profile().notify {
            self.lock.subscribed(characteristic, self.lock_time());
        }
        self.phone.connected(self.mtu, self.now);
    }

    pub(super) fn lock_time(&self) -> DeviceTime {
        DeviceTime { uptime: self.now, wall: self.start + (self.now - Uptime(BOOT)) + self.lock_ahead }
    }

    pub(super) fn cut(&mut self) {
        if std::mem::take(&mut self.connected) {
            self.lock.disconnected(self.lock_time());
            self.phone.disconnected(self.now);
        }
    }

    /// Carries packets until both are silent.
    pub(super) fn settle(&mut self) {
        for _ in 0..10_000 {
            self.events.extend(std::iter::from_fn(|| self.phone.poll_event()));
            if !self.connected {
                assert!(self.phone.poll_transmit().is_none(), "sends after the link is gone");
                return;
            }
            if matches!(self.air, Air::StopAfter(n) if n <= self.packets) {
                return;
            }
            if let Some(sent) = self.phone.poll_transmit() {
                assert!(sent.with_response);
                self.carry(sent.characteristic, sent.value, true);
            } else if let Some((characteristic, value)) = self.lock.poll_notify() {
                assert!(value.len() <= self.mtu - 3);
                self.carry(characteristic, value, false);
            } else if self.phone.is_over() || self.lock.poll_disconnect() {
                self.cut();
            } else {
                return;
            }
        }
        panic!("they never stop talking");
    }

    fn carry(&mut self, characteristic: Uuid, value: Vec<u8>, to_lock: bool) {
        self.packets += 1;
        let mut arriving = VecDeque::from([value]);
        match self.air {
            Air::CutAt(n) if n == self.packets => return self.cut(),
            Air::Lose(n) if n == self.packets => arriving.clear(),
            Air::Repeat(n) if n == self.packets => arriving.extend(arriving.clone()),
            Air::Storm(seed) => match dice(seed, self.packets) {
                0 => arriving.clear(),
                1 => arriving.extend(arriving.clone()),
                _ => {}
            },
            _ => {}
        }
        for value in arriving {
            if to_lock {
                self.lock.written(characteristic, &value, self.lock_time());
            } else {
                self.phone.received(characteristic, &value, self.now);
            }
        }
        if self.air == Air::CutAfter(self.packets) {
            self.cut();
        }
        if self.air == Air::HangAfter(self.packets) {
            self.lock.inject(crate::device::DeviceFault::Hang(true));
        }
    }

    /// Lets time pass until nothing happens for two minutes, or the link is gone.
    pub(super) fn wait(&mut self) {
        self.wait_for(Duration::from_secs(120));
    }

    pub(super) fn wait_for(&mut self, span: Duration) {
        let end = self.now + span;
        self.settle();
        for _ in 0..10_000 {
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

    pub(super) fn moved(&self, what: &str) -> usize {
        self.lock.report().movements.iter().filter(|movement| movement.what == what).count()
    }

    pub(super) fn inject(&mut self, fault: &str) {
        self.lock.inject(crate::device::DeviceFault::Own(fault.into()));
    }
}

/// 0 to 7, by the number of the packet.
fn dice(seed: u64, packet: usize) -> u64 {
    let mixed =
        (seed ^ (packet as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed >> 61
}

impl Pair<LockSession> {
    pub(super) fn ask(&mut self, operation: Operation) {
        self.phone.command(LockCommand::Operate(operation), self.now);
    }

    /// Connects, and lets the phone do what it does when nothing is asked.
    pub(super) fn prepare(&mut self) {
        self.connect();
        self.settle();
    }

    /// Asks, and lets the lock do it.
    pub(super) fn operate(&mut self, operation: Operation) {
        self.ask(operation);
        self.wait_for(Duration::from_secs(10));
    }

    pub(super) fn outcomes(&self) -> Vec<(DoorOutcome, Option<DoorReason>)> {
        let outcome = |event: &LockEvent| match event {
            LockEvent::Outcome { outcome, reason, .. } => Some((outcome.clone(), reason.clone())),
            _ => None,
        };
        self.events.iter().filter_map(outcome).collect()
    }

    pub(super) fn outcome(&self) -> (DoorOutcome, Option<DoorReason>) {
        let outcomes = self.outcomes();
        assert_eq!(outcomes.len(), 1, "{:?}", self.events);
        outcomes[0].clone()
    }

    pub(super) fn ended(&self) -> Option<Option<DoorReason>> {
        let ends: Vec<_> = self
            .events
            .iter()
            .filter_map(|event| match event {
                LockEvent::Ended { reason, .. } => Some(reason.clone()),
                _ => None,
            })
            .collect();
        assert!(ends.len() <= 1, "ended more than once");
        ends.into_iter().next()
    }

    pub(super) fn state(&self) -> crate::lock::LockState {
        let state = |event: &LockEvent| if let LockEvent::State(state) = event { Some(*state) } else { None };
        self.events.iter().rev().find_map(state).unwrap_or_default()
    }

    pub(super) fn description(&self) -> crate::lock::LockDescription {
        let ready = |event: &LockEvent| match event {
            LockEvent::Ready(description) => Some(description.clone()),
            _ => None,
        };
        let told: Vec<_> = self.events.iter().filter_map(ready).collect();
        assert_eq!(told.len(), 1, "ready is told once: {:?}", self.events);
        told[0].clone()
    }

    pub(super) fn clocks(&self) -> Vec<(Option<i64>, bool)> {
        let clock = |event: &LockEvent| match event {
            LockEvent::Clock { ahead_ms, corrected } => Some((*ahead_ms, *corrected)),
            _ => None,
        };
        self.events.iter().filter_map(clock).collect()
    }

    pub(super) fn log(&self) -> Vec<crate::lock::LogEntry> {
        let log = |event: &LockEvent| match event {
            LockEvent::Log(entries) => Some(entries.clone()),
            _ => None,
        };
        self.events.iter().rev().find_map(log).expect("a log was told")
    }
}
