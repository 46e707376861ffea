//! A phone and a lock in one room, with virtual time and an air that can misbehave.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::world::ManualWorld;
use terskel_model::{Timestamp, Uptime};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::vectors::LOCK;
use crate::danalock::device::{FinishedIn, LockConfig, SimulatedLock, Token};
use crate::danalock::phone::LockSession;
use crate::danalock::vendor::{Vendor, VendorLock};
use crate::danalock::{Credential, NOTIFY, Trust};
use crate::device::{Device, DeviceFault, DeviceTime};
use crate::family::Visitor;
use crate::lock::{LockCommand, LockEvent, LockState};
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
    /// The lock hangs after this packet.
    HangAfter(usize),
    Lose(usize),
    Repeat(usize),
    /// Notifications are cut into values of this many bytes, whatever frames they belong to.
    Regroup(usize),
}

pub(super) struct Pair {
    pub(super) phone: LockSession,
    pub(super) lock: SimulatedLock,
    pub(super) air: Air,
    pub(super) now: Uptime,
    pub(super) events: Vec<LockEvent>,
    pub(super) packets: usize,
    pub(super) connected: bool,
}

/// A day in 2026, at uptime 0.
pub(super) fn today() -> Timestamp {
    Timestamp::from_timestamp(1_780_000_000, 0).unwrap()
}

pub(super) fn world(seed: u64) -> Arc<ManualWorld> {
    Arc::new(ManualWorld::new(today(), seed))
}

/// Made once: keys and signatures take their time.
static VENDOR: LazyLock<Vendor> = LazyLock::new(|| Vendor::new(&[7; 32]).unwrap());
static LOCK_OF_KARI: LazyLock<VendorLock> = LazyLock::new(|| VENDOR.lock(LOCK).unwrap());

pub(super) fn vendor() -> &'static Vendor {
    &VENDOR
}

pub(super) fn kari_lock() -> &'static VendorLock {
    &LOCK_OF_KARI
}

pub(super) fn credential() -> Credential {
    Credential {
        login_token: kari_lock().login_token.clone(),
        broadcast_key: kari_lock().broadcast_key.clone(),
        trust: Trust::Authority(vendor().anchor_der().to_vec()),
    }
}

pub(super) fn visitor() -> Visitor {
    Visitor { entropy: world(1), clocks: (today(), Uptime::default()), name: "Ada".into() }
}

pub(super) fn phone_with(credential: Credential) -> LockSession {
    LockSession::new(LOCK, credential, visitor())
}

pub(super) fn token(blob: &[u8]) -> Token {
    Token { blob: Zeroizing::new(blob.to_vec()), valid_from: None, valid_to: None, permitted: true }
}

pub(super) fn config() -> LockConfig {
    let lock = kari_lock();
    LockConfig {
        serial: LOCK,
        tokens: vec![token(&lock.login_token)],
        broadcast_key: lock.broadcast_key.clone(),
        certificate: lock.certificate_der.clone(),
        scalar: lock.scalar.clone(),
        locked: true,
        battery_percent: 74,
        motor: Duration::from_secs(1),
        finished_in: FinishedIn::ApplicationData,
    }
}

/// Ada's phone at Kari Nordmann's door.
pub(super) fn at_the_door() -> Pair {
    Pair::new(phone_with(credential()), SimulatedLock::new(config(), world(2)))
}

pub(super) fn at_an_open_door() -> Pair {
    let config = LockConfig { locked: false, ..config() };
    Pair::new(phone_with(credential()), SimulatedLock::new(config, world(2)))
}

impl Pair {
    pub(super) fn new(phone: LockSession, lock: SimulatedLock) -> Self {
        let now = Uptime(Duration::from_secs(1000));
        let events = Vec::new();
        Self { phone, lock, air: Air::Clear, now, events, packets: 0, connected: false }
    }

    /// Another session with the same lock.
    pub(super) fn again(&mut self, phone: LockSession) {
        self.cut();
        self.phone = phone;
        self.events.clear();
        (self.packets, self.air) = (0, Air::Clear);
    }

    pub(super) fn connect(&mut self) {
        self.connected = true;
        self.lock.connected(23, self.lock_time());
        self.lock.subscribed(NOTIFY, self.lock_time());
        self.phone.connected(23, self.now);
        self.settle();
    }

    pub(super) fn lock_time(&self) -> DeviceTime {
        DeviceTime { uptime: self.now, wall: today() + (self.now - Uptime::default()) }
    }

    pub(super) fn cut(&mut self) {
        if std::mem::take(&mut self.connected) {
            self.lock.disconnected(self.lock_time());
            self.phone.disconnected(self.now);
        }
    }

    /// Carries packets until both are silent.
    pub(super) fn settle(&mut self) {
        for _ in 0..100_000 {
            self.events.extend(std::iter::from_fn(|| self.phone.poll_event()));
            if !self.connected {
                // A runner may still ask; nothing may be left to send.
                assert!(self.phone.poll_transmit().is_none(), "sends after the link is gone");
                return;
            }
            if matches!(self.air, Air::StopAfter(n) if n <= self.packets) {
                return;
            }
            if let Some(sent) = self.phone.poll_transmit() {
                assert!(sent.value.len() <= 20 && !sent.with_response);
                self.carry(sent.characteristic, &sent.value, true);
            } else if let Some((from, value)) = self.notification() {
                self.carry(from, &value, false);
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
        if let Air::Regroup(_) = self.air {
            while let Some((_, more)) = self.lock.poll_notify() {
                value.extend(more);
            }
        }
        Some((from, value))
    }

    fn carry(&mut self, characteristic: Uuid, value: &[u8], to_lock: bool) {
        self.packets += 1;
        let times = match self.air {
            Air::CutAt(n) if n == self.packets => return self.cut(),
            Air::Lose(n) if n == self.packets => 0,
            Air::Repeat(n) if n == self.packets => 2,
            _ => 1,
        };
        for _ in 0..times {
            if to_lock {
                self.lock.written(characteristic, value, self.lock_time());
            } else {
                let size = if let Air::Regroup(size) = self.air { size } else { value.len() };
                value.chunks(size).for_each(|part| self.phone.received(characteristic, part, self.now));
            }
        }
        match self.air {
            Air::CutAfter(n) if n == self.packets => self.cut(),
            Air::HangAfter(n) if n == self.packets => self.lock.inject(DeviceFault::Hang(true)),
            _ => {}
        }
    }

    /// Lets so much time pass.
    pub(super) fn wait_for(&mut self, span: Duration) {
        let end = self.now + span;
        self.settle();
        loop {
            let phone = self.phone.poll_timeout().filter(|_| self.connected).map(|(at, _)| at);
            let next = phone.into_iter().chain(self.lock.poll_timeout()).min();
            let Some(at) = next.filter(|at| *at <= end) else { break };
            self.now = self.now.max(at);
            if self.connected {
                self.phone.timed_out(self.now);
            }
            self.lock.timed_out(self.lock_time());
            self.settle();
        }
        self.now = end;
    }

    pub(super) fn wait(&mut self) {
        self.wait_for(Duration::from_secs(60));
    }

    /// Ends the session from the phone's side, if it has not ended.
    pub(super) fn leave(&mut self) {
        self.phone.command(LockCommand::Close, self.now);
        self.wait_for(Duration::from_secs(10));
    }

    pub(super) fn ask(&mut self, operation: Operation) {
        self.phone.command(LockCommand::Operate(operation), self.now);
    }

    pub(super) fn moved(&self, what: &str) -> usize {
        self.lock.report().movements.iter().filter(|movement| movement.what == what).count()
    }

    pub(super) fn outcomes(&self) -> Vec<(DoorOutcome, Option<DoorReason>)> {
        let outcome = |event: &LockEvent| match event {
            LockEvent::Outcome { outcome, reason, .. } => Some((outcome.clone(), reason.clone())),
            _ => None,
        };
        self.events.iter().filter_map(outcome).collect()
    }

    pub(super) fn ended(&self) -> Option<Option<DoorReason>> {
        let end = |event: &LockEvent| match event {
            LockEvent::Ended { reason, .. } => Some(reason.clone()),
            _ => None,
        };
        let ends: Vec<_> = self.events.iter().filter_map(end).collect();
        assert!(ends.len() <= 1, "ended more than once");
        ends.into_iter().next()
    }

    pub(super) fn is_ready(&self) -> bool {
        self.events.iter().any(|event| matches!(event, LockEvent::Ready(_)))
    }

    pub(super) fn state(&self) -> LockState {
        let state = |event: &LockEvent| if let LockEvent::State(state) = event { Some(*state) } else { None };
        self.events.iter().rev().find_map(state).unwrap_or_default()
    }
}
