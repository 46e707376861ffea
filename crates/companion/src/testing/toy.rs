//! A toy make of lock: all that a further family needs (`docs/adding-a-lock.md`). The phone writes its key and a letter,
//! the lock answers whether it obeys and whether its bolt is thrown. It has no timers: the keeper watches over it.

use std::collections::VecDeque;
use std::sync::Arc;

use terskel_locks::device::{
    Advertisement, Characteristic, Device, DeviceReport, DeviceTime, Movement, Service,
};
use terskel_locks::family::{BoxSession, Family, Invalid, Listen, LockPlace, Setup, Simulated, Visitor};
use terskel_locks::lock::{LockCommand, LockEvent, LockState};
use terskel_locks::session::{Profile, Session, Transmit};
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::{Entropy, Uptime};
use uuid::Uuid;
use zeroize::Zeroizing;

const SERVICE: Uuid = Uuid::from_u128(0x7077_0000);
const LANE: Uuid = Uuid::from_u128(0x7077_0001);

pub(crate) struct Toy;

impl Family for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }
    fn listen(&self) -> Listen {
        Listen { services: vec![SERVICE], companies: Vec::new() }
    }
    fn check(&self, _: &str, credential: &[u8]) -> Result<(), Invalid> {
        if credential.len() == 4 { Ok(()) } else { Err(Invalid::new("credential", "must be 4 bytes")) }
    }
    fn open(&self, lock: &LockPlace<'_>, credential: &[u8], _: Visitor) -> Result<BoxSession, Invalid> {
        self.check(lock.device_id, credential)?;
        Ok(Box::new(Phone { key: credential.to_vec(), ..Phone::default() }))
    }
    fn simulate(&self, setup: Setup, _: Arc<dyn Entropy>) -> Result<Simulated, Invalid> {
        let seed = setup.seed.ok_or_else(|| Invalid::new("seed", "must be there"))?;
        let key = seed[..4].to_vec();
        let device = Box::new(Lock { key: key.clone(), locked: setup.locked, ..Lock::default() });
        let credential = Some(Zeroizing::new(key));
        Ok(Simulated { device, credential, card: Vec::new(), changes_address: false })
    }
}

#[derive(Default)]
struct Phone {
    key: Vec<u8>,
    asked: Option<Operation>,
    given: bool,
    over: bool,
    events: VecDeque<LockEvent>,
}

impl Phone {
    fn outcome(&mut self, outcome: DoorOutcome, reason: Option<DoorReason>) {
        self.given = false;
        if let Some(operation) = self.asked.take() {
            self.events.push_back(LockEvent::Outcome { operation, outcome, reason, detail: None });
        }
    }
    fn end(&mut self, outcome: DoorOutcome, reason: DoorReason) {
        self.outcome(outcome, Some(reason.clone()));
        self.over = true;
        self.events.push_back(LockEvent::Ended { reason: Some(reason), detail: None });
    }
}

impl Session for Phone {
    type Command = LockCommand;
    type Event = LockEvent;
    fn profile(&self) -> Profile {
        Profile { service: SERVICE, notify: vec![LANE] }
    }
    fn connected(&mut self, _: usize, _: Uptime) {
        self.events.push_back(LockEvent::Ready(Default::default()));
    }
    fn received(&mut self, _: Uuid, value: &[u8], _: Uptime) {
        let [b'y', locked] = value else { return self.end(DoorOutcome::Refused, DoorReason::KeyRejected) };
        let state = LockState { locked: Some(*locked == 1), ..LockState::default() };
        self.events.push_back(LockEvent::State(state));
        self.outcome(if *locked == 1 { DoorOutcome::Locked } else { DoorOutcome::Opened }, None);
    }
    fn disconnected(&mut self, _: Uptime) {
        match self.given {
            true => self.end(DoorOutcome::Unsure, DoorReason::Interrupted),
            false => self.end(DoorOutcome::Refused, DoorReason::LinkLost),
        }
    }
    fn command(&mut self, command: LockCommand, _: Uptime) {
        match command {
            LockCommand::Operate(operation) => self.asked = Some(operation),
            LockCommand::ReadLog { .. } => self.events.push_back(LockEvent::Log(Vec::new())),
            LockCommand::KeepEntries => self.events.push_back(LockEvent::Entries(Vec::new())),
            LockCommand::Close => self.over = true,
        }
    }
    fn poll_transmit(&mut self) -> Option<Transmit> {
        let operation = self.asked.as_ref().filter(|_| !self.given)?;
        let letter = if *operation == Operation::Open { b'o' } else { b'l' };
        let value = [self.key.as_slice(), &[letter]].concat();
        self.given = true;
        Some(Transmit { characteristic: LANE, value, with_response: true })
    }
    fn poll_event(&mut self) -> Option<LockEvent> {
        self.events.pop_front()
    }
    fn is_over(&self) -> bool {
        self.over
    }
}

#[derive(Default)]
struct Lock {
    key: Vec<u8>,
    locked: bool,
    answers: VecDeque<(Uuid, Vec<u8>)>,
    movements: Vec<Movement>,
}

impl Device for Lock {
    fn advertisement(&self) -> Advertisement {
        Advertisement { services: vec![SERVICE], ..Advertisement::default() }
    }
    fn services(&self) -> Vec<Service> {
        let lane = Characteristic { uuid: LANE, write: true, notify: true, ..Characteristic::default() };
        vec![Service { uuid: SERVICE, characteristics: vec![lane] }]
    }
    fn written(&mut self, _: Uuid, value: &[u8], now: DeviceTime) {
        let letter = value.strip_prefix(self.key.as_slice());
        if let Some([letter]) = letter {
            self.locked = *letter == b'l';
            let what = if self.locked { "locked" } else { "unlocked" }.into();
            self.movements.push(Movement { at: now.wall, what, by: "toy".into() });
        }
        let obeys = if letter.is_some() { b'y' } else { b'n' };
        self.answers.push_back((LANE, vec![obeys, u8::from(self.locked)]));
    }
    fn disconnected(&mut self, _: DeviceTime) {
        self.answers.clear();
    }
    fn poll_notify(&mut self) -> Option<(Uuid, Vec<u8>)> {
        self.answers.pop_front()
    }
    fn report(&self) -> DeviceReport {
        let state = if self.locked { "locked" } else { "unlocked" }.into();
        DeviceReport { state, battery_percent: None, movements: self.movements.clone() }
    }
}
