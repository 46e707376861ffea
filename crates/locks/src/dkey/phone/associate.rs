//! A connection that makes a credential from an activation code (6.4).

use std::collections::VecDeque;
use std::sync::Arc;

use terskel_model::door::DoorReason;
use terskel_model::{Entropy, Uptime};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::authenticate::hex;
use super::failure;
use super::identify::{Identify, introduction};
use super::{ANSWER_WITHIN, profile};
use crate::dkey::channel::{Channel, Side};
use crate::dkey::crypto::{KeyPair, SessionKeys, association_secret, iv};
use crate::dkey::frame::Frame;
use crate::dkey::message::{
    Ack, AssociationParameters, LockName, NOT_ENROLLED, error, fixed, id, is_command, is_handshake,
    is_lock_command, pin_reply, public_key_reply, request_challenge,
};
use crate::dkey::{ActivationCode, Credential};
use crate::failure::Failure;
use crate::lock::LockDescription;
use crate::session::{Profile, RoundTrips, Session, Transmit};

/// What can be asked of an association.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssociationCommand {
    /// Give up.
    Close,
}

/// How an association ended. Exactly one is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssociationEvent {
    /// Done. To operate the lock, connect again.
    Associated {
        /// To be kept sealed.
        credential: Credential,
        /// The lock's own words.
        lock: LockDescription,
    },
    /// The link broke after the phone had confirmed the key and before the lock had: the lock may know it, and then
    /// the code is spent. Try the credential before asking for a new code.
    Unconfirmed {
        /// To be kept sealed.
        credential: Credential,
        /// As far as it had introduced itself: it has no name here.
        lock: LockDescription,
    },
    /// It came to nothing.
    Failed {
        /// What to tell.
        problem: AssociationProblem,
        /// For the log. Never a secret.
        detail: String,
    },
}

/// Why an association came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssociationProblem {
    /// The lock does not accept the code, or it was used before.
    WrongCode,
    /// The lock speaks a version of its protocol that this app does not.
    Unsupported,
    /// The lock refused with an error of its own, or did not follow the protocol.
    LockError,
    /// The link broke.
    LinkLost,
    /// The lock fell silent.
    NoAnswer,
    /// Given up by [`AssociationCommand::Close`].
    Closed,
}

enum Stage {
    NotConnected,
    Identify(Identify),
    Challenge([u8; 4]),
    Accepted { keys: SessionKeys, iv: [u8; 16] },
    Check { iv: [u8; 16] },
    PublicKey { iv: [u8; 16] },
    Parameters { iv: [u8; 16], z: Zeroizing<[u8; 32]> },
    Name(Credential),
    Over,
}

/// The phone's half of an association.
pub struct AssociationSession {
    code: ActivationCode,
    entropy: Arc<dyn Entropy>,
    channel: Channel,
    stage: Stage,
    lock: LockDescription,
    events: VecDeque<AssociationEvent>,
    trips: RoundTrips,
    deadline: Option<(Uptime, &'static str)>,
}

impl AssociationSession {
    /// Shows `code` to whatever lock is connected; the phone's key pair comes from `entropy`.
    #[must_use]
    pub fn new(code: ActivationCode, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            code,
            channel: Channel::new(Side::Phone, entropy.clone()),
            entropy,
            stage: Stage::NotConnected,
            lock: LockDescription::default(),
            events: VecDeque::new(),
            trips: RoundTrips::default(),
            deadline: None,
        }
    }

    fn take(&mut self, value: &[u8]) -> Result<(), Failure> {
        let received = self.channel.receive(None, value);
        let received = received.map_err(|e| Failure::new(DoorReason::LinkLost, e.to_string()))?;
        let Some(frame) = received else { return Ok(()) };
        self.trips.heard();
        self.stage = match (std::mem::replace(&mut self.stage, Stage::Over), frame.id) {
            (Stage::Identify(identify), id::IDENTIFICATION | id::GET_IDENTIFICATION) => {
                self.identify(identify, &frame)?
            }
            (Stage::Challenge(nonce), id::PIN_CHALLENGE) => self.challenged(nonce, &frame)?,
            (stage, id::ACK) => self.acknowledged(stage, &frame)?,
            (Stage::Check { iv }, id::CHECK) if is_handshake(&frame.payload) => {
                self.channel.ack(frame.id, 0);
                Stage::PublicKey { iv }
            }
            (Stage::PublicKey { iv }, id::PUBLIC_KEY) => self.agree(iv, &frame)?,
            (Stage::Parameters { iv, z }, id::ASSOCIATION_PARAMETERS) => {
                let sent =
                    AssociationParameters::decode(&frame.payload).ok_or(failure::malformed(frame.id))?;
                let secret = association_secret(&z, &iv, &sent.wrapped);
                self.channel.ack(frame.id, 0);
                Stage::Name(Credential { key_holder_id: sent.key_holder_id, secret: *secret })
            }
            (Stage::Name(credential), id::NAME) => {
                self.finish(credential, &frame);
                return Ok(());
            }
            (stage, unknown) if is_command(unknown) && !is_lock_command(unknown) => {
                self.channel.ack(unknown, error::UNKNOWN_COMMAND);
                stage
            }
            (stage, other) => {
                self.stage = stage;
                return Err(failure::unexpected(other, "association"));
            }
        };
        Ok(())
    }

    fn identify(&mut self, mut identify: Identify, frame: &Frame) -> Result<Stage, Failure> {
        let Some(lock) = identify.take(frame)? else { return Ok(Stage::Identify(identify)) };
        self.lock.device_id = hex(lock.holder);
        self.lock.firmware = lock.software.to_string();
        self.channel.send(introduction(NOT_ENROLLED));
        self.channel.send(request_challenge());
        Ok(Stage::Challenge(identify.nonce()))
    }

    fn challenged(&mut self, nonce: [u8; 4], frame: &Frame) -> Result<Stage, Failure> {
        let iv = iv(nonce, &fixed(&frame.payload).ok_or(failure::malformed(frame.id))?);
        let keys = SessionKeys::of_code(&self.code, iv);
        self.channel.ack(frame.id, 0);
        self.channel.send(pin_reply(keys.reply()));
        Ok(Stage::Accepted { keys, iv })
    }

    fn acknowledged(&mut self, stage: Stage, frame: &Frame) -> Result<Stage, Failure> {
        let ack = Ack::decode(&frame.payload).ok_or(failure::malformed(frame.id))?;
        if ack.error != 0 && !matches!(stage, Stage::Name(_)) {
            let lock_said_no = failure::refused(ack.error, ack.id);
            let wrong_code =
                matches!((&stage, ack), (Stage::Accepted { .. }, Ack { error: error::WRONG_PIN, .. }));
            let reason = if wrong_code { DoorReason::KeyRejected } else { DoorReason::LockError };
            return Err(Failure { reason, ..lock_said_no });
        }
        Ok(match stage {
            Stage::Accepted { keys, iv } if ack.id == id::PIN_REPLY => {
                self.channel.secure(keys.phone());
                Stage::Check { iv }
            }
            stage => stage,
        })
    }

    fn agree(&mut self, iv: [u8; 16], frame: &Frame) -> Result<Stage, Failure> {
        let broken = || Failure::new(DoorReason::LockError, "no usable randomness");
        let ours = KeyPair::new(&*self.entropy).ok_or_else(broken)?;
        let z = ours.agree(&frame.payload).ok_or(failure::malformed(frame.id))?;
        self.channel.ack(frame.id, 0);
        self.channel.send(public_key_reply(ours.public()));
        Ok(Stage::Parameters { iv, z })
    }

    fn finish(&mut self, credential: Credential, frame: &Frame) {
        self.channel.ack(frame.id, 0);
        let lock = std::mem::take(&mut self.lock);
        self.events.push_back(match LockName::decode(&frame.payload) {
            None => AssociationEvent::Unconfirmed { credential, lock },
            Some(name) => {
                AssociationEvent::Associated { credential, lock: LockDescription { name: name.name, ..lock } }
            }
        });
    }

    fn fail(&mut self, problem: AssociationProblem, detail: String) {
        self.events.push_back(match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Name(credential) => {
                AssociationEvent::Unconfirmed { credential, lock: std::mem::take(&mut self.lock) }
            }
            _ => AssociationEvent::Failed { problem, detail },
        });
        self.channel.drop_all();
        self.deadline = None;
    }

    fn set_deadline(&mut self, now: Uptime) {
        let waits = !matches!(self.stage, Stage::NotConnected | Stage::Over);
        self.deadline = waits.then(|| (now + ANSWER_WITHIN, "the lock's next frame"));
    }
}

impl Session for AssociationSession {
    type Command = AssociationCommand;
    type Event = AssociationEvent;

    fn profile(&self) -> Profile {
        profile()
    }

    fn connected(&mut self, _mtu: usize, now: Uptime) {
        if matches!(self.stage, Stage::NotConnected) {
            let (identify, question) = Identify::start(&*self.entropy);
            self.channel.send(question);
            self.stage = Stage::Identify(identify);
            self.set_deadline(now);
        }
    }

    fn received(&mut self, _characteristic: Uuid, value: &[u8], now: Uptime) {
        if matches!(self.stage, Stage::NotConnected | Stage::Over) {
            return;
        }
        if let Err(failure) = self.take(value) {
            let problem = match failure.reason {
                DoorReason::KeyRejected => AssociationProblem::WrongCode,
                DoorReason::Unsupported => AssociationProblem::Unsupported,
                DoorReason::LinkLost => AssociationProblem::LinkLost,
                _ => AssociationProblem::LockError,
            };
            self.fail(problem, failure.detail);
        }
        self.set_deadline(now);
    }

    fn disconnected(&mut self, _now: Uptime) {
        if !self.is_over() {
            self.fail(AssociationProblem::LinkLost, "link lost".into());
        }
        self.channel.drop_all();
    }

    fn command(&mut self, AssociationCommand::Close: AssociationCommand, _now: Uptime) {
        if !self.is_over() {
            self.fail(AssociationProblem::Closed, "given up".into());
        }
    }

    fn timed_out(&mut self, now: Uptime) {
        if self.deadline.is_some_and(|(at, _)| at <= now) {
            self.fail(AssociationProblem::NoAnswer, "no answer in time".into());
        }
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        let (characteristic, value, _) = self.channel.poll()?;
        self.trips.spoke();
        Some(Transmit { characteristic, value, with_response: true })
    }

    fn poll_event(&mut self) -> Option<AssociationEvent> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        self.deadline
    }

    fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    fn round_trips(&self) -> u32 {
        self.trips.count()
    }
}
