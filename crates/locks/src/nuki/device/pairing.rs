//! Letting somebody in (6.3).

use terskel_model::world::random;
use uuid::Uuid;

use super::SimulatedLock;
use super::authorizations::{Authorization, LAST_KIND};
use super::lock::PairingMode;
use crate::device::DeviceTime;
use crate::nuki::Generation;
use crate::nuki::crypto::{Authenticator, KeyPair, SharedKey};
use crate::nuki::frame::{Crc, Malformed, Message, decode_plain, encode_plain, open};
use crate::nuki::message::{
    AuthorizationData, AuthorizationId, Confirmation, ErrorReport, NOT_YET, RequestData, Status,
    UltraAuthorizationData, UltraAuthorizationId, authorization_info, challenge, code, fixed, id, public_key,
};

/// Where a pairing stands.
pub(super) enum Stage {
    Idle,
    WaitKey(KeyPair),
    WaitAuthenticator { key: SharedKey, awaited: Authenticator },
    WaitData { key: SharedKey, challenge: [u8; 32] },
    WaitConfirmation { new: Box<Authorization>, challenge: [u8; 32] },
    WaitSealedData(SharedKey),
}

impl SimulatedLock {
    pub(super) fn take_pairing(&mut self, value: &[u8], now: DeviceTime) {
        let characteristic = self.pairing_characteristic();
        if let Stage::WaitSealedData(key) = &self.stage {
            let key = key.clone();
            if decode_plain(value).is_err() {
                return self.take_sealed_data(&key, value, now);
            }
        }
        let (command, done) = match decode_plain(value) {
            Ok(message) => (message.command, self.pair(&message, now)),
            Err(Malformed::Crc) => {
                let command = value.first_chunk().map_or(0, |id| u16::from_le_bytes(*id));
                (command, Err(code::BAD_CRC))
            }
            Err(_) => (0, Err(code::BAD_LENGTH)),
        };
        let answer = match done {
            Ok(answer) => answer,
            Err(code) => ErrorReport { code, command }.encode(),
        };
        self.outbox.push(characteristic, &encode_plain(&answer));
    }

    fn pair(&mut self, message: &Message, now: DeviceTime) -> Result<Message, u8> {
        let body = &message.payload;
        if message.command == id::REQUEST_DATA {
            return self.begin(body, now);
        }
        match (std::mem::replace(&mut self.stage, Stage::Idle), message.command) {
            (Stage::WaitKey(pair), id::PUBLIC_KEY) => {
                let theirs = exact(body)?;
                let key = pair.agree(&theirs).ok_or(code::BAD_PAIRING_PARAMETER)?;
                let nonce = random(&*self.entropy);
                let awaited = Authenticator::of_keys(&theirs, pair.public(), &nonce);
                self.stage = Stage::WaitAuthenticator { key, awaited };
                Ok(challenge(&nonce))
            }
            (Stage::WaitAuthenticator { key, awaited }, id::AUTHENTICATOR) => {
                if !awaited.is(&exact(body)?, &key) {
                    return Err(code::BAD_AUTHENTICATOR);
                }
                if self.config.generation == Generation::Ultra {
                    self.stage = Stage::WaitSealedData(key);
                    return Ok(authorization_info(self.pin.is_some()));
                }
                let nonce = random(&*self.entropy);
                self.stage = Stage::WaitData { key, challenge: nonce };
                Ok(challenge(&nonce))
            }
            (Stage::WaitData { key, challenge }, id::AUTHORIZATION_DATA) => {
                self.take_data(key, &challenge, body, now)
            }
            (Stage::WaitConfirmation { new, challenge }, id::CONFIRMATION) => {
                self.confirm(*new, &challenge, body)
            }
            (stage, _) => {
                self.stage = stage;
                Err(code::UNKNOWN)
            }
        }
    }

    /// The request for the public key begins anew from wherever a pairing stands.
    fn begin(&mut self, body: &[u8], now: DeviceTime) -> Result<Message, u8> {
        self.stage = Stage::Idle;
        if !self.in_pairing_mode(now.uptime) {
            return Err(code::NOT_PAIRING);
        }
        let RequestData(wanted) = RequestData::decode(body).ok_or(code::BAD_LENGTH)?;
        if wanted != id::PUBLIC_KEY {
            return Err(code::BAD_PAIRING_PARAMETER);
        }
        let pair = KeyPair::new(&*self.entropy);
        let answer = public_key(pair.public());
        self.stage = Stage::WaitKey(pair);
        Ok(answer)
    }

    fn take_data(
        &mut self,
        key: SharedKey,
        challenge: &[u8; 32],
        body: &[u8],
        now: DeviceTime,
    ) -> Result<Message, u8> {
        let decoded = AuthorizationData::decode(body, challenge).filter(|_| body.len() == 101);
        let (data, tag, covered) = decoded.ok_or(code::BAD_LENGTH)?;
        if !covered.is(&tag, &key) {
            return Err(code::BAD_AUTHENTICATOR);
        }
        if data.kind > LAST_KIND {
            return Err(code::BAD_PAIRING_PARAMETER);
        }
        if !self.has_room_for(data.app_id) {
            return Err(code::MAX_USER);
        }
        let sent = AuthorizationId { id: self.free_id(), uuid: self.uuid, challenge: random(&*self.entropy) };
        let answer = sent.encode(&data.nonce, &key);
        let new = Authorization::new(sent.id, key, data.name, self.told_time(now));
        let new = Box::new(Authorization { kind: data.kind, app_id: data.app_id, ..new });
        self.stage = Stage::WaitConfirmation { new, challenge: sent.challenge };
        Ok(answer)
    }

    fn confirm(&mut self, new: Authorization, challenge: &[u8; 32], body: &[u8]) -> Result<Message, u8> {
        let sent = Confirmation::decode(body).filter(|_| body.len() == 36).ok_or(code::BAD_LENGTH)?;
        let awaited = Authenticator::of_confirmation(new.id, challenge);
        if sent.id != new.id || !awaited.is(&sent.authenticator, &new.key) {
            return Err(code::BAD_AUTHENTICATOR);
        }
        self.admit(new);
        self.pairing_mode = PairingMode::Off;
        Ok(Status::COMPLETE.encode())
    }

    fn take_sealed_data(&mut self, key: &SharedKey, value: &[u8], now: DeviceTime) {
        self.stage = Stage::Idle;
        let answer = self.admit_sealed(key, value, now);
        let bytes = match answer {
            Ok(answer) => self.sealed(key, NOT_YET, &answer).unwrap_or_default(),
            Err(code) => encode_plain(&ErrorReport { code, command: id::AUTHORIZATION_DATA }.encode()),
        };
        let characteristic: Uuid = self.pairing_characteristic();
        self.outbox.push(characteristic, &bytes);
    }

    /// Whatever id the phone puts there is ignored (6.2).
    fn admit_sealed(&mut self, key: &SharedKey, value: &[u8], now: DeviceTime) -> Result<Message, u8> {
        let opened = open(key, value).map_err(|_| code::NOT_AUTHORIZED)?;
        if opened.crc != Crc::Right {
            return Err(code::BAD_CRC);
        }
        if opened.message.command != id::AUTHORIZATION_DATA {
            return Err(code::UNKNOWN);
        }
        let data = UltraAuthorizationData::decode(&opened.message.payload).ok_or(code::BAD_LENGTH)?;
        if !self.has_room_for(data.app_id) {
            return Err(code::MAX_USER);
        }
        match self.pin {
            Some(_) => self.check_pin(data.pin, now.uptime)?,
            None if data.pin > Generation::Ultra.largest_pin() => return Err(code::BAD_PIN),
            None => self.pin = Some(data.pin),
        }
        let id = self.free_id();
        let new = Authorization::new(id, key.clone(), data.name, self.told_time(now));
        self.admit(Authorization { app_id: data.app_id, ..new });
        self.pairing_mode = PairingMode::Off;
        Ok(UltraAuthorizationId { id, uuid: self.uuid }.encode())
    }
}

fn exact<const N: usize>(body: &[u8]) -> Result<[u8; N], u8> {
    fixed(body).filter(|_| body.len() == N).ok_or(code::BAD_LENGTH)
}
