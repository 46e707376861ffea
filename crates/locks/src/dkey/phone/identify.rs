//! Identification, the same for every session (6.2).

use terskel_model::Entropy;
use terskel_model::door::DoorReason;
use terskel_model::world::random;

use super::failure;
use crate::dkey::frame::Frame;
use crate::dkey::message::{DeviceType, Identification, Version, get_identification, id};
use crate::failure::Failure;

/// Protocol versions that are known to work.
const VERSIONS: std::ops::RangeInclusive<u16> = 26..=28;

/// Waits for the lock's answer and its own question, in either order.
pub(super) struct Identify {
    nonce: [u8; 4],
    lock: Option<Identification>,
    asked: bool,
}

impl Identify {
    /// The question to send, and the wait for what comes.
    pub(super) fn start(entropy: &dyn Entropy) -> (Self, Frame) {
        let nonce = random(entropy);
        (Self { nonce, lock: None, asked: false }, get_identification(nonce))
    }

    /// `Np`.
    pub(super) fn nonce(&self) -> [u8; 4] {
        self.nonce
    }

    /// Takes a frame; gives what the lock says of itself when both have come.
    pub(super) fn take(&mut self, frame: &Frame) -> Result<Option<Identification>, Failure> {
        match frame.id {
            id::IDENTIFICATION if self.lock.is_none() => {
                let lock = Identification::decode(&frame.payload).ok_or(failure::malformed(frame.id))?;
                if !VERSIONS.contains(&lock.protocol) {
                    let detail = format!("protocol version {}", lock.protocol);
                    return Err(Failure::new(DoorReason::Unsupported, detail));
                }
                self.lock = Some(lock);
            }
            id::GET_IDENTIFICATION if !self.asked => self.asked = true,
            other => return Err(failure::unexpected(other, "identification")),
        }
        Ok(self.lock.filter(|_| self.asked))
    }
}

/// What the phone answers: the values that real locks are known to accept.
pub(super) fn introduction(key_holder_id: [u8; 4]) -> Frame {
    Identification {
        protocol: 27,
        software: Version([1, 2, 6]),
        holder: key_holder_id,
        device_type: DeviceType::AndroidKeyApp as u8,
    }
    .encode()
}
