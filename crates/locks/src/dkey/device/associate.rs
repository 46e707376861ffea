//! Taking a new phone in (6.4).

use terskel_model::world::random;

use super::lock::Stage;
use super::{SimulatedLock, WRONG_CODES};
use crate::dkey::Credential;
use crate::dkey::crypto::{KeyPair, SessionKeys, association_secret, iv, same};
use crate::dkey::frame::Frame;
use crate::dkey::message::{
    Ack, AssociationParameters, check, error, id, is_command, pin_challenge, public_key,
};

/// Key holder ids are counted from here.
const FIRST_KEY_HOLDER: u32 = 0x2c00_0001;

impl SimulatedLock {
    pub(super) fn associate(&mut self, frame: &Frame) {
        match (&self.stage, frame.id) {
            (Stage::Enrolling { phone_nonce }, id::REQUEST_CHALLENGE) => {
                let nonce = random(&*self.entropy);
                let iv = iv(*phone_nonce, &nonce);
                // A lock without a code challenges all the same, and then accepts no answer.
                let keys = self.code.as_ref().map(|code| SessionKeys::of_code(code, iv));
                self.channel.send(pin_challenge(nonce));
                self.stage = Stage::PinChallenged { keys, iv };
            }
            (Stage::PinChallenged { keys, iv }, id::PIN_REPLY) => {
                let iv = *iv;
                let seal =
                    keys.as_ref().filter(|keys| same(keys.reply(), &frame.payload)).map(SessionKeys::lock);
                match seal {
                    Some(seal) => {
                        self.channel.ack(frame.id, 0);
                        self.channel.secure(seal);
                        self.channel.send(check());
                        self.stage = Stage::PinAccepted { iv };
                    }
                    None => self.wrong_code(frame.id),
                }
            }
            (Stage::KeySent { pair, iv }, id::PUBLIC_KEY_REPLY) => {
                let agreed = pair.agree(&frame.payload).map(|z| {
                    let wrapped = random(&*self.entropy);
                    (association_secret(&z, iv, &wrapped), wrapped)
                });
                let Some((secret, wrapped)) = agreed else { return self.stage = Stage::Closed };
                let key_holder_id = self.free_key_holder();
                self.channel.ack(frame.id, 0);
                self.channel.send(AssociationParameters { key_holder_id, wrapped }.encode());
                self.stage = Stage::Stored { credential: Credential { key_holder_id, secret: *secret } };
            }
            (_, command) if is_command(command) => self.refuse(command),
            _ => {}
        }
    }

    pub(super) fn associate_acknowledged(&mut self, ack: Ack) {
        if ack.error != 0 {
            return self.stage = Stage::Closed;
        }
        match (&self.stage, ack.id) {
            (Stage::PinAccepted { iv }, id::CHECK) => {
                let iv = *iv;
                let Some(pair) = KeyPair::new(&*self.entropy) else { return self.stage = Stage::Closed };
                self.channel.send(public_key(pair.public()));
                self.stage = Stage::KeySent { pair, iv };
            }
            (Stage::Stored { credential }, id::ASSOCIATION_PARAMETERS) => {
                let credential = credential.clone();
                self.add_credential(credential);
                self.code = None;
                self.introduce(0);
                self.stage = Stage::EnrolledNamed;
            }
            (Stage::EnrolledNamed, id::NAME) => self.stage = Stage::Enrolled,
            _ => {}
        }
    }

    fn wrong_code(&mut self, id: u8) {
        self.wrong_codes = self.wrong_codes.saturating_add(1);
        if self.wrong_codes >= WRONG_CODES {
            self.code = None;
        }
        self.channel.ack(id, error::WRONG_PIN);
        self.stage = Stage::Closed;
    }

    fn free_key_holder(&self) -> [u8; 4] {
        let mut ids = (FIRST_KEY_HOLDER..).map(u32::to_be_bytes);
        ids.find(|id| self.key(*id).is_none()).unwrap_or(FIRST_KEY_HOLDER.to_be_bytes())
    }
}
