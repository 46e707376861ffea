//! From the phone's first frame to the moment it may command (6.2, 6.3).

use terskel_model::Uptime;
use terskel_model::world::random;

use super::SimulatedLock;
use super::lock::Stage;
use crate::dkey::crypto::{SessionKeys, iv, same};
use crate::dkey::frame::Frame;
use crate::dkey::message::{
    Ack, DeviceType, Identification, LockName, NOT_ENROLLED, Version, auth_challenge, error, feature, fixed,
    get_identification, handshake, id, is_command, not_associated, reason,
};

const FIRMWARE: Version = Version([2, 5, 2]);
const FRONT_DOOR: u8 = 1;
const INSIDE: u8 = 1;

impl SimulatedLock {
    pub(super) fn authenticate(&mut self, frame: &Frame) {
        match (&self.stage, frame.id) {
            (Stage::Idle, id::GET_IDENTIFICATION) => match fixed(&frame.payload) {
                Some(phone_nonce) => self.identify(phone_nonce),
                None => self.stage = Stage::Closed,
            },
            (Stage::Identified { phone_nonce }, id::IDENTIFICATION) => {
                let phone_nonce = *phone_nonce;
                match Identification::decode(&frame.payload) {
                    Some(phone) => self.challenge(phone.holder, phone_nonce),
                    None => self.stage = Stage::Closed,
                }
            }
            (Stage::Challenged { keys, holder }, id::AUTH_REPLY) => {
                if same(keys.reply(), &frame.payload) {
                    let (seal, holder) = (keys.lock(), *holder);
                    self.channel.answered(id::AUTH_CHALLENGE);
                    self.channel.secure(seal);
                    self.channel.send(handshake());
                    self.stage = Stage::Greeted { holder };
                } else {
                    self.channel.ack(frame.id, error::AUTHENTICATION_FAILED);
                    self.stage = Stage::Closed;
                }
            }
            (_, command) if is_command(command) => self.refuse(command),
            _ => {}
        }
    }

    fn identify(&mut self, phone_nonce: [u8; 4]) {
        let lock = Identification {
            protocol: self.config.protocol_version,
            software: FIRMWARE,
            holder: self.config.device_id,
            device_type: DeviceType::Detector as u8,
        };
        self.channel.send(lock.encode());
        self.channel.send(get_identification(random(&*self.entropy)));
        self.stage = Stage::Identified { phone_nonce };
    }

    fn challenge(&mut self, holder: [u8; 4], phone_nonce: [u8; 4]) {
        if holder == NOT_ENROLLED {
            self.stage = Stage::Enrolling { phone_nonce };
            return;
        }
        let Some(key) = self.key(holder) else {
            self.channel.send(not_associated());
            self.stage = Stage::Idle;
            return;
        };
        let nonce = random(&*self.entropy);
        let keys = SessionKeys::of_secret(&key.credential.secret, iv(phone_nonce, &nonce));
        self.channel.send(auth_challenge(nonce));
        self.stage = Stage::Challenged { keys, holder };
    }

    pub(super) fn authenticate_acknowledged(&mut self, ack: Ack, now: Uptime) {
        match (&self.stage, ack) {
            (Stage::Greeted { holder }, Ack { error: 0, id: id::AUTH_ACCEPTED }) => {
                let holder = *holder;
                self.introduce(self.key(holder).map_or(0, |key| key.features));
                self.stage = Stage::Named { holder };
            }
            (Stage::Named { holder }, Ack { error: 0, id: id::NAME }) => {
                let holder = *holder;
                self.stage = Stage::Ready { holder };
                if self.key(holder).is_none_or(|key| key.features & feature::KEY_DISABLED != 0) {
                    self.ask_to_leave(reason::KEY_DISABLED, now);
                }
            }
            _ => self.stage = Stage::Closed,
        }
    }

    /// Says what the lock is called and what the key may.
    pub(super) fn introduce(&mut self, features: u8) {
        let name = LockName {
            device_id: self.config.device_id,
            door_type: FRONT_DOOR,
            side: INSIDE,
            name: self.config.name.clone(),
            features,
            initialized: self.config.initialized,
        };
        self.channel.send(name.encode());
    }
}
