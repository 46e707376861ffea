//! A phone and a lock in one room, with virtual time and an air that can misbehave.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::world::ManualWorld;
use terskel_model::{Timestamp, Uptime};
use uuid::Uuid;

use super::vectors::{DEVICE, KEY_HOLDER, SECRET};
use crate::device::{Device, DeviceTime};
use crate::dkey::device::{LockConfig, SimulatedLock};
use crate::dkey::phone::LockSession;
use crate::dkey::{Credential, FROM_SERVER, TO_SERVER};
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;

/// What the air does to one packet; packets are counted from 1, both directions together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Air {
    Clear,
    /// The link is lost when this packet is to be carried, which does not arrive.
    CutAt(usize),
    /// The link is lost right after this packet arrived.
    CutAfter(usize),
    /// The air stands still after this packet, until it is clear again.
    StopAfter(usize),
    Lose(usize),
    Repeat(usize),
    /// This packet and the next one of the same direction change places.
    Swap(usize),
    /// Notifications come on the other characteristic.
    LanesCrossed,
}

pub(super) struct Pair<S: Session> {
    pub(super) phone: S,
    pub(super) lock: SimulatedLock,
    pub(super) air: Air,
    pub(super) now: Uptime,
    pub(super) events: Vec<S::Event>,
    pub(super) packets: usize,
    /// Times the phone waited for the lock: link-level turns.
    pub(super) turns: usize,
    /// The count of turns when each event was told.
    pub(super) told_in_turn: Vec<usize>,
    connected: bool,
    held: Option<(Uuid, Vec<u8>)>,
    phone_spoke: bool,
}

pub(super) fn world(seed: u64) -> Arc<ManualWorld> {
    Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, seed))
}

pub(super) fn kari_key() -> Credential {
    Credential { key_holder_id: KEY_HOLDER, secret: SECRET }
}

pub(super) fn lock_with(config: LockConfig) -> SimulatedLock {
    SimulatedLock::new(LockConfig { device_id: DEVICE, credentials: vec![kari_key()], ..config }, world(2))
}

pub(super) fn adas_phone() -> LockSession {
    LockSession::new(kari_key(), Some(DEVICE), world(1))
}

/// Ada's phone at Kari Nordmann's door, connected.
pub(super) fn at_the_door() -> Pair<LockSession> {
    Pair::new(adas_phone(), lock_with(LockConfig::default()))
}

impl<S: Session> Pair<S> {
    pub(super) fn new(phone: S, lock: SimulatedLock) -> Self {
        Self {
            phone,
            lock,
            air: Air::Clear,
            now: Uptime(Duration::from_secs(1000)),
            events: Vec::new(),
            packets: 0,
            turns: 0,
            told_in_turn: Vec::new(),
            connected: false,
            held: None,
            phone_spoke: false,
        }
    }

    pub(super) fn connect(&mut self) {
        self.connected = true;
        self.lock.connected(23, self.lock_time());
        self.lock.subscribed(TO_SERVER, self.lock_time());
        self.lock.subscribed(FROM_SERVER, self.lock_time());
        self.phone.connected(23, self.now);
    }

    fn lock_time(&self) -> DeviceTime {
        DeviceTime { uptime: self.now, wall: Timestamp::UNIX_EPOCH + (self.now - Uptime::default()) }
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
                // A runner may still ask; nothing may be left to send.
                assert!(self.phone.poll_transmit().is_none(), "sends after the link is gone");
                return;
            }
            self.told_in_turn.resize(self.events.len(), self.turns);
            if matches!(self.air, Air::StopAfter(n) if n <= self.packets) {
                return;
            }
            if let Some(sent) = self.phone.poll_transmit() {
                self.turns += usize::from(!std::mem::replace(&mut self.phone_spoke, true));
                self.carry(sent.characteristic, sent.value, true);
            } else if let Some((lane, value)) = self.lock.poll_notify() {
                self.phone_spoke = false;
                self.carry(lane, value, false);
            } else if self.phone.is_over() || self.lock.poll_disconnect() {
                self.cut();
            } else {
                return;
            }
        }
        panic!("they never stop talking");
    }

    fn carry(&mut self, lane: Uuid, value: Vec<u8>, to_lock: bool) {
        self.packets += 1;
        let mut arriving = VecDeque::from([(lane, value)]);
        match self.air {
            Air::CutAt(n) if n == self.packets => return self.cut(),
            Air::Lose(n) if n == self.packets => arriving.clear(),
            Air::Repeat(n) if n == self.packets => arriving.extend(arriving.clone()),
            Air::Swap(n) if n == self.packets => self.held = arriving.pop_front(),
            _ => arriving.extend(self.held.take()),
        }
        for (lane, value) in arriving {
            if to_lock {
                self.lock.written(lane, &value, self.lock_time());
            } else {
                let crossed = if lane == TO_SERVER { FROM_SERVER } else { TO_SERVER };
                let lane = if self.air == Air::LanesCrossed { crossed } else { lane };
                self.phone.received(lane, &value, self.now);
            }
        }
        if self.air == Air::CutAfter(self.packets) {
            self.cut();
        }
    }

    /// Lets time pass until nothing happens for a minute, or the link is gone.
    pub(super) fn wait(&mut self) {
        self.wait_for(Duration::from_secs(60));
    }

    pub(super) fn wait_for(&mut self, span: Duration) {
        let end = self.now + span;
        self.settle();
        while self.connected {
            let phone = self.phone.poll_timeout().map(|(at, _)| at);
            let next = phone.into_iter().chain(self.lock.poll_timeout()).min();
            let Some(at) = next.filter(|at| *at <= end) else { break };
            self.now = self.now.max(at);
            self.phone.timed_out(self.now);
            self.lock.timed_out(self.lock_time());
            self.settle();
        }
        self.now = end;
    }

    pub(super) fn moved(&self, what: &str) -> usize {
        self.lock.report().movements.iter().filter(|movement| movement.what == what).count()
    }
}

impl Pair<LockSession> {
    pub(super) fn ask(&mut self, operation: Operation) {
        self.phone.command(LockCommand::Operate(operation), self.now);
    }

    pub(super) fn outcomes(&self) -> Vec<(DoorOutcome, Option<DoorReason>)> {
        let outcome = |event: &LockEvent| match event {
            LockEvent::Outcome { outcome, reason, .. } => Some((outcome.clone(), reason.clone())),
            _ => None,
        };
        self.events.iter().filter_map(outcome).collect()
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
}
