//! A phone made of single messages, to ask a lock what no session of ours asks.

use std::time::Duration;

use terskel_model::Uptime;

use super::pair::{BOOT, known, morning, world};
use super::vectors::paired;
use crate::device::{Device, DeviceTime};
use crate::nuki::crypto::SharedKey;
use crate::nuki::device::{LockConfig, SimulatedLock};
use crate::nuki::frame::{Message, encode_inner, open, seal};
use crate::nuki::message::{ErrorReport, LockAction, Proof, RequestData, id};
use crate::nuki::{Credential, GENERAL, USER};
use terskel_model::world::random;

pub(super) struct Raw {
    pub(super) lock: SimulatedLock,
    pub(super) key: Credential,
    pub(super) now: Uptime,
    entropy: std::sync::Arc<terskel_model::world::ManualWorld>,
}

impl Raw {
    pub(super) fn new(config: LockConfig) -> Self {
        let key = Credential { generation: config.generation, ..paired() };
        let config = LockConfig { authorizations: vec![known(&key)], ..config };
        let mut raw =
            Self { lock: SimulatedLock::new(config, world(2)), key, now: Uptime(BOOT), entropy: world(3) };
        raw.lock.connected(517, raw.time());
        raw.lock.subscribed(GENERAL, raw.time());
        raw.lock.subscribed(USER, raw.time());
        raw
    }

    pub(super) fn time(&self) -> DeviceTime {
        DeviceTime { uptime: self.now, wall: morning() + (self.now - Uptime(BOOT)) }
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
        self.lock.timed_out(self.time());
    }

    fn shared(&self) -> SharedKey {
        SharedKey::new(&self.key.shared_key)
    }

    /// What the lock says now.
    pub(super) fn heard(&mut self) -> Vec<Message> {
        let mut heard = Vec::new();
        while let Some((_, value)) = self.lock.poll_notify() {
            heard.push(open(&self.shared(), &value).unwrap().message);
        }
        heard
    }

    pub(super) fn say(&mut self, message: &Message) -> Vec<Message> {
        let id = self.key.authorization_id;
        let inner = encode_inner(id, message);
        let value = seal(&self.shared(), id, &random(&*self.entropy), &inner).unwrap();
        self.lock.written(USER, &value, self.time());
        self.heard()
    }

    pub(super) fn challenge(&mut self) -> [u8; 32] {
        let heard = self.say(&RequestData(id::CHALLENGE).encode());
        heard.last().unwrap().payload[..32].try_into().unwrap()
    }

    pub(super) fn proven(&mut self, message: Message, pin: Option<u32>) -> Vec<Message> {
        let proof = Proof { challenge: self.challenge(), pin };
        self.say(&proof.complete(self.key.generation, message))
    }

    /// The error that this is answered with; 0 for none.
    pub(super) fn error(heard: &[Message]) -> u8 {
        let report = heard.iter().find(|message| message.command == id::ERROR_REPORT);
        report.map_or(0, |report| ErrorReport::decode(&report.payload).unwrap().code)
    }

    pub(super) fn act(&mut self, action: u8) -> Vec<Message> {
        self.proven(LockAction { action, app_id: 7, flags: 0, suffix: None }.encode(), None)
    }
}
