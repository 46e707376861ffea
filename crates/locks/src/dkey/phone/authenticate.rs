//! From identification to the moment the lock takes commands (6.2, 6.3).

use terskel_model::door::DoorReason;

use super::LockSession;
use super::failure;
use super::identify::{Identify, introduction};
use crate::dkey::crypto::{SessionKeys, iv};
use crate::dkey::frame::Frame;
use crate::dkey::message::{
    Ack, Identification, LockName, auth_reply, error, feature, fixed, id, is_command,
};
use crate::dkey::message::{is_handshake, is_lock_command};
use crate::failure::Failure;
use crate::lock::LockDescription;

/// Where a session stands.
pub(super) enum Stage {
    NotConnected,
    Identify(Identify),
    /// Waits for the lock's nonce; has the phone's.
    Challenge([u8; 4]),
    Handshake,
    Name,
    Ready,
    Over,
}

impl Stage {
    /// What it waits for, for the log.
    pub(super) fn awaits(&self) -> &'static str {
        match self {
            Self::NotConnected => "a connection",
            Self::Identify(_) => "identification",
            Self::Challenge(_) => "the challenge",
            Self::Handshake => "the handshake",
            Self::Name => "the lock's name",
            Self::Ready => "a command",
            Self::Over => "nothing",
        }
    }
}

impl LockSession {
    /// Takes a frame before the session is ready.
    pub(super) fn authenticate(&mut self, frame: &Frame) -> Result<(), Failure> {
        match (&mut self.stage, frame.id) {
            (_, id::ACK) => return self.acknowledged(frame),
            (Stage::Identify(identify), id::IDENTIFICATION | id::GET_IDENTIFICATION) => {
                let nonce = identify.nonce();
                if let Some(lock) = identify.take(frame)? {
                    self.identified(lock)?;
                    self.stage = Stage::Challenge(nonce);
                }
            }
            (Stage::Challenge(_), id::NOT_ASSOCIATED) => {
                return Err(Failure::new(DoorReason::KeyRejected, "not associated"));
            }
            (Stage::Challenge(nonce), id::AUTH_CHALLENGE) => {
                let lock_nonce = fixed(&frame.payload).ok_or(failure::malformed(frame.id))?;
                let keys = SessionKeys::of_secret(&self.credential.secret, iv(*nonce, &lock_nonce));
                self.channel.send(auth_reply(keys.reply()));
                self.channel.secure(keys.phone());
                self.stage = Stage::Handshake;
            }
            (Stage::Handshake, id::AUTH_ACCEPTED) => {
                if !is_handshake(&frame.payload) {
                    return Err(Failure::new(DoorReason::KeyRejected, "the handshake has another text"));
                }
                self.channel.ack(frame.id, 0);
                self.stage = Stage::Name;
            }
            (Stage::Name, id::NAME) => self.named(frame)?,
            (_, unknown) if is_command(unknown) && !is_lock_command(unknown) => {
                self.channel.ack(unknown, error::UNKNOWN_COMMAND);
            }
            (stage, other) => return Err(failure::unexpected(other, stage.awaits())),
        }
        Ok(())
    }

    fn acknowledged(&self, frame: &Frame) -> Result<(), Failure> {
        match Ack::decode(&frame.payload) {
            Some(Ack { error: 0, .. }) => Ok(()),
            Some(ack) => Err(failure::refused(ack.error, ack.id)),
            None => Err(failure::malformed(frame.id)),
        }
    }

    fn identified(&mut self, lock: Identification) -> Result<(), Failure> {
        let device_id = hex(lock.holder);
        if self.expected.is_some_and(|expected| expected != lock.holder) {
            return Err(Failure::new(DoorReason::WrongDevice, format!("this is lock {device_id}")));
        }
        let firmware = lock.software.to_string();
        self.description = LockDescription { device_id, firmware, ..LockDescription::default() };
        self.channel.send(introduction(self.credential.key_holder_id));
        Ok(())
    }

    fn named(&mut self, frame: &Frame) -> Result<(), Failure> {
        let name = LockName::decode(&frame.payload).ok_or(failure::malformed(frame.id))?;
        self.channel.ack(frame.id, 0);
        if name.features & feature::KEY_DISABLED != 0 {
            return Err(Failure::new(DoorReason::KeyRejected, "key disabled"));
        }
        self.description.name = name.name;
        self.stage = Stage::Ready;
        Ok(())
    }
}

/// Eight hex digits, as a lock writes its own id.
pub(super) fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}
