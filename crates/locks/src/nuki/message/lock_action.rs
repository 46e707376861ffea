//! 0x000D Lock Action, phone (8.3), and the short 0x0100 Simple Lock Action (8.13).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | action |
//! | 1 | 4 | App-ID of the sender |
//! | 5 | 1 | flags: bit 0 auto-unlock, bit 1 force |
//! | 6 | 0 or 20 | name suffix; absent is zero bytes |
//!
//! Then the challenge. Simple: action 1, suffix 0 or 20, challenge.

use super::reader::Reader;
use super::{id, text};
use crate::nuki::frame::Message;

/// Actions.
pub(crate) mod action {
    pub(crate) const NONE: u8 = 0x00;
    pub(crate) const UNLOCK: u8 = 0x01;
    pub(crate) const LOCK: u8 = 0x02;
    pub(crate) const UNLATCH: u8 = 0x03;
    pub(crate) const LOCK_N_GO: u8 = 0x04;
    pub(crate) const LOCK_N_GO_UNLATCH: u8 = 0x05;
    pub(crate) const FULL_LOCK: u8 = 0x06;
}

/// The auto-unlock flag.
const AUTO_UNLOCK: u8 = 1;

/// What the lock is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LockAction {
    pub(crate) action: u8,
    pub(crate) app_id: u32,
    pub(crate) flags: u8,
    /// Appended to the name in the lock's log.
    pub(crate) suffix: Option<String>,
}

impl LockAction {
    pub(crate) fn encode(&self) -> Message {
        let mut payload = vec![self.action];
        payload.extend(self.app_id.to_le_bytes());
        payload.push(self.flags);
        payload.extend(self.suffix.as_deref().map(text::encode::<20>).iter().flatten());
        Message::new(id::LOCK_ACTION, payload)
    }

    /// Exactly 6 or 26 bytes: the lock tells them apart by their number.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let (action, app_id, flags) = (reader.u8()?, reader.u32()?, reader.u8()?);
        Some(Self { action, app_id, flags, suffix: suffix(reader.0)? })
    }

    /// Exactly 1 or 21 bytes.
    pub(crate) fn decode_simple(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let action = reader.u8()?;
        Some(Self { action, app_id: 0, flags: 0, suffix: suffix(reader.0)? })
    }

    pub(crate) fn is_auto_unlock(&self) -> bool {
        self.flags & AUTO_UNLOCK != 0
    }
}

fn suffix(rest: &[u8]) -> Option<Option<String>> {
    match rest.len() {
        0 => Some(None),
        20 => Some(Some(text::decode(rest))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::Generation;
    use crate::nuki::frame::encode_inner;
    use crate::nuki::message::{Needs, Proof};
    use crate::nuki::tests::vectors::{APP, AUTHORIZATION, array, vector};

    #[test]
    fn d3_d8_and_the_makers_example() {
        let theirs = vector("v21_challenge_plaintext")[6..38].try_into().unwrap();
        for (id, action, app_id, suffix, challenge, wire) in [
            (AUTHORIZATION, action::UNLOCK, APP, None, array("challenge"), "D3_plaintext"),
            (AUTHORIZATION, action::UNLATCH, APP, Some("Anna B"), array("challenge"), "D8_plaintext"),
            (2, action::UNLOCK, 0, None, theirs, "v21_unlock_plaintext"),
        ] {
            let sent = LockAction { action, app_id, flags: 0, suffix: suffix.map(str::to_owned) };
            let proof = Proof { challenge, pin: None };
            let message = proof.complete(Generation::Classic, sent.encode());
            assert_eq!(encode_inner(id, &message).to_vec(), vector(wire));
            let (body, _) = Proof::split(&message.payload, Needs::Challenge, Generation::Classic).unwrap();
            assert_eq!(LockAction::decode(body), Some(sent));
        }
    }

    #[test]
    fn other_lengths_are_refused() {
        for length in (0..40).filter(|length| ![6, 26].contains(length)) {
            assert_eq!(LockAction::decode(&vec![1; length]), None, "{length}");
        }
        assert!(LockAction::decode_simple(&[1]).is_some() && LockAction::decode_simple(&[1; 21]).is_some());
        assert!(LockAction::decode_simple(&[]).is_none() && LockAction::decode_simple(&[1; 6]).is_none());
    }
}
