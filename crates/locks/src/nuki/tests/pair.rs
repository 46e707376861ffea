//! Ada's phone and Kari Nordmann's Nuki in one room.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::world::ManualWorld;
use terskel_model::{Timestamp, Uptime};

use super::vectors::paired;
use crate::device::{Device, DeviceFault};
use crate::family::Visitor;
use crate::lock::{LockDescription, LockEvent, LogEntry};
use crate::nuki::Credential;
use crate::nuki::device::{Known, LockConfig, SimulatedLock};
use crate::nuki::phone::LockSession;
use crate::session::{Session, Transmit};
pub(super) use crate::testing::room::BOOT;
use crate::testing::room::{Room, RoomLock};

pub(super) type Pair<S> = Room<S, SimulatedLock>;

impl RoomLock for SimulatedLock {
    const MTU: usize = 247;
    const PATIENCE: Duration = Duration::from_secs(120);
    const LETS_GO: bool = false;

    fn start() -> Timestamp {
        morning()
    }

    fn allows(sent: &Transmit) -> bool {
        sent.with_response
    }
}

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
    pub(super) fn inject(&mut self, fault: &str) {
        self.lock.inject(DeviceFault::Own(fault.into()));
    }
}

impl Pair<LockSession> {
    pub(super) fn description(&self) -> LockDescription {
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

    pub(super) fn log(&self) -> Vec<LogEntry> {
        let log = |event: &LockEvent| match event {
            LockEvent::Log(entries) => Some(entries.clone()),
            _ => None,
        };
        self.events.iter().rev().find_map(log).expect("a log was told")
    }
}
