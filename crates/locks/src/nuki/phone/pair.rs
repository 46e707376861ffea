//! The steps of a pairing, as the phone takes them (6.1, 6.2).

use std::sync::Arc;

use terskel_model::Entropy;
use terskel_model::world::random;
use uuid::Uuid;
use zeroize::Zeroize;

use super::pairing::{PairingProblem, PairingRequest};
use crate::nuki::crypto::{Authenticator, KeyPair, SharedKey};
use crate::nuki::frame::{Crc, Message, decode_plain, encode_inner, encode_plain, open_either, seal};
use crate::nuki::message::{
    AuthorizationData, AuthorizationId, Confirmation, ErrorReport, NOT_YET, RequestData, Status,
    UltraAuthorizationData, UltraAuthorizationId, authenticator, code, fixed, id, public_key,
};
use crate::nuki::{Credential, Generation};

/// An app's authorization.
const APP: u8 = 0;

/// What the phone does with a message of the lock.
pub(super) enum Step {
    Say(Out),
    Done { credential: Credential, lock: Uuid },
}

/// What to write.
pub(super) struct Out {
    pub(super) bytes: Vec<u8>,
    /// The reply to it is sealed.
    pub(super) sealed_reply: bool,
}

/// Why it came to nothing.
pub(super) struct Failed {
    pub(super) problem: PairingProblem,
    pub(super) detail: String,
}

impl Failed {
    pub(super) fn lock_error(detail: impl Into<String>) -> Self {
        Self { problem: PairingProblem::LockError, detail: detail.into() }
    }
}

/// What is awaited.
enum Stage {
    NotBegun,
    PublicKey(KeyPair),
    Challenge { pair: KeyPair, theirs: [u8; 32], key: SharedKey },
    SecondChallenge(SharedKey),
    Info(SharedKey),
    Id { key: SharedKey, nonce: [u8; 32] },
    Confirmed { key: SharedKey, sent: AuthorizationId },
    SealedId(SharedKey),
    Over,
}

pub(super) struct Pair {
    request: PairingRequest,
    app_id: u32,
    entropy: Arc<dyn Entropy>,
    stage: Stage,
}

impl Drop for Pair {
    fn drop(&mut self) {
        self.request.pin.zeroize();
    }
}

impl Pair {
    pub(super) fn new(request: PairingRequest, app_id: u32, entropy: Arc<dyn Entropy>) -> Self {
        Self { request, app_id, entropy, stage: Stage::NotBegun }
    }

    /// The first question; a new key pair for every pairing.
    pub(super) fn begin(&mut self) -> Result<Vec<u8>, Failed> {
        let largest = self.request.generation.largest_pin();
        let needed = self.request.generation == Generation::Ultra;
        let good = self.request.pin.map_or(!needed, |pin| pin <= largest);
        if !good {
            return Err(Failed {
                problem: PairingProblem::NoPin,
                detail: "no PIN, or too long a one".into(),
            });
        }
        self.stage = Stage::PublicKey(KeyPair::new(&*self.entropy));
        Ok(encode_plain(&RequestData(id::PUBLIC_KEY).encode()))
    }

    /// The lock alone has something left to say.
    pub(super) fn has_said_all(&self) -> bool {
        matches!(self.stage, Stage::Confirmed { .. } | Stage::SealedId(_))
    }

    /// Wipes all keys.
    pub(super) fn forget(&mut self) {
        self.stage = Stage::Over;
    }

    pub(super) fn take_plain(&mut self, bytes: &[u8]) -> Result<Step, Failed> {
        let message = decode_plain(bytes).map_err(|error| Failed::lock_error(error.to_string()))?;
        let body = &message.payload;
        let malformed = || Failed::lock_error(format!("0x{:04x} is malformed", message.command));
        if message.command == id::ERROR_REPORT {
            return Err(ErrorReport::decode(body).map_or_else(malformed, refused));
        }
        match (std::mem::replace(&mut self.stage, Stage::Over), message.command) {
            (Stage::PublicKey(pair), id::PUBLIC_KEY) => {
                let theirs = fixed(body).ok_or_else(malformed)?;
                let key = pair.agree(&theirs).ok_or_else(|| Failed {
                    problem: PairingProblem::BadAuthenticator,
                    detail: "the lock's public key gives no secret".into(),
                })?;
                let answer = public_key(pair.public());
                self.stage = Stage::Challenge { pair, theirs, key };
                Ok(say(&answer))
            }
            (Stage::Challenge { pair, theirs, key }, id::CHALLENGE) => {
                let challenge = fixed(body).ok_or_else(malformed)?;
                let a1 = Authenticator::of_keys(pair.public(), &theirs, &challenge).sign(&key);
                self.stage = match self.request.generation {
                    Generation::Classic => Stage::SecondChallenge(key),
                    Generation::Ultra => Stage::Info(key),
                };
                Ok(say(&authenticator(&a1)))
            }
            (Stage::SecondChallenge(key), id::CHALLENGE) => {
                Ok(self.introduce(key, &fixed(body).ok_or_else(malformed)?))
            }
            (Stage::Info(key), id::AUTHORIZATION_INFO) => self.introduce_sealed(key),
            (Stage::Id { key, nonce }, id::AUTHORIZATION_ID) => {
                self.confirm(key, AuthorizationId::decode(body, &nonce).ok_or_else(malformed)?)
            }
            (Stage::Confirmed { key, sent }, id::STATUS)
                if Status::decode(body) == Some(Status::COMPLETE) =>
            {
                Ok(self.done(sent.id, sent.uuid, &key))
            }
            (_, other) => Err(Failed::lock_error(format!("0x{other:04x} is out of turn"))),
        }
    }

    pub(super) fn take_sealed(&mut self, bytes: &[u8]) -> Result<Step, Failed> {
        let Stage::SealedId(key) = std::mem::replace(&mut self.stage, Stage::Over) else {
            return Err(Failed::lock_error("a sealed message out of turn"));
        };
        let opened = open_either(&key, bytes).map_err(|error| Failed::lock_error(error.to_string()))?;
        let readable = opened.crc != Crc::Wrong && opened.message.command == id::AUTHORIZATION_ID;
        let sent = readable.then(|| UltraAuthorizationId::decode(&opened.message.payload)).flatten();
        let sent = sent.ok_or_else(|| Failed::lock_error("the last answer is malformed"))?;
        Ok(self.done(sent.id, sent.uuid, &key))
    }

    fn introduce(&mut self, key: SharedKey, challenge: &[u8; 32]) -> Step {
        let nonce = random(&*self.entropy);
        let name = self.request.name.clone();
        let data = AuthorizationData { kind: APP, app_id: self.app_id, name, nonce };
        let answer = data.encode(challenge, &key);
        self.stage = Stage::Id { key, nonce };
        say(&answer)
    }

    fn introduce_sealed(&mut self, key: SharedKey) -> Result<Step, Failed> {
        let pin = self.request.pin.unwrap_or_default();
        let data = UltraAuthorizationData { app_id: self.app_id, name: self.request.name.clone(), pin };
        let inner = encode_inner(NOT_YET, &data.encode());
        let bytes = seal(&key, NOT_YET, &random(&*self.entropy), &inner);
        let bytes = bytes.ok_or_else(|| Failed::lock_error("cannot be sealed"))?;
        self.stage = Stage::SealedId(key);
        Ok(Step::Say(Out { bytes, sealed_reply: true }))
    }

    /// Only a lock that has the key makes this authenticator: who merely relays cannot (6.1).
    fn confirm(
        &mut self,
        key: SharedKey,
        (sent, tag, covered): (AuthorizationId, [u8; 32], Authenticator),
    ) -> Result<Step, Failed> {
        if !covered.is(&tag, &key) {
            let detail = "the lock's authenticator is wrong".into();
            return Err(Failed { problem: PairingProblem::BadAuthenticator, detail });
        }
        let answer = Confirmation::new(sent.id, &sent.challenge, &key).encode();
        self.stage = Stage::Confirmed { key, sent };
        Ok(say(&answer))
    }

    fn done(&self, authorization_id: u32, lock: Uuid, key: &SharedKey) -> Step {
        let credential = Credential {
            authorization_id,
            shared_key: *key.bytes(),
            app_id: self.app_id,
            generation: self.request.generation,
            pin: self.request.pin.filter(|_| self.request.administrator),
            unlatch: self.request.unlatch,
        };
        Step::Done { credential, lock }
    }
}

fn say(message: &Message) -> Step {
    Step::Say(Out { bytes: encode_plain(message), sealed_reply: false })
}

fn refused(report: ErrorReport) -> Failed {
    let problem = match report.code {
        code::NOT_PAIRING => PairingProblem::NotPairing,
        code::BAD_AUTHENTICATOR => PairingProblem::BadAuthenticator,
        code::MAX_USER => PairingProblem::Full,
        code::BAD_PIN => PairingProblem::WrongPin,
        code::TOO_MANY_PIN_ATTEMPTS => PairingProblem::TooManyPins,
        _ => PairingProblem::LockError,
    };
    Failed { problem, detail: super::failure::refusal(report.code, report.command) }
}
