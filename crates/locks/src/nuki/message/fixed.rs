//! Messages that are one value of fixed length.
//!
//! | id | from | payload |
//! | --- | --- | --- |
//! | 0x0003 Public Key | both, pairing | 32 |
//! | 0x0004 Challenge | lock | 32: `nK` |
//! | 0x0005 Authorization Authenticator | phone, pairing | 32 |
//! | 0x004C Authorization Info | lock, Ultra's pairing | 1: 0 no PIN yet, 1 PIN set |
//! | 0x0014 Request Config | phone | nothing before the challenge |
//! | 0x0020 Verify PIN, 0x001A Calibrate, 0x001D Reboot | phone | nothing before challenge and PIN |
//! | 0x0034 Enable Logging | phone | 1: flag, before challenge and PIN |

use super::id;
use crate::nuki::frame::Message;

pub(crate) fn public_key(key: &[u8; 32]) -> Message {
    Message::new(id::PUBLIC_KEY, *key)
}

pub(crate) fn challenge(nonce: &[u8; 32]) -> Message {
    Message::new(id::CHALLENGE, *nonce)
}

pub(crate) fn authenticator(tag: &[u8; 32]) -> Message {
    Message::new(id::AUTHENTICATOR, *tag)
}

pub(crate) fn authorization_info(pin_set: bool) -> Message {
    Message::new(id::AUTHORIZATION_INFO, [u8::from(pin_set)])
}

/// A command that is nothing but its challenge: Request Config.
pub(crate) fn with_challenge_only() -> Message {
    Message::new(id::REQUEST_CONFIG, [])
}

/// The leading `N` bytes.
pub(crate) fn fixed<const N: usize>(payload: &[u8]) -> Option<[u8; N]> {
    payload.first_chunk().copied()
}

/// A leading byte that is yes or no.
pub(crate) fn flag(payload: &[u8]) -> Option<bool> {
    payload.first().map(|byte| *byte != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::frame::{decode_plain, encode_plain};
    use crate::nuki::tests::vectors::{array, vector};

    #[test]
    fn messages_of_15_b_and_c() {
        for (message, wire) in [
            (public_key(&array("lock_public")), "B2_lock_public_key"),
            (public_key(&array("client_public")), "B3_phone_public_key"),
            (challenge(&array("nK1")), "B4_lock_challenge"),
            (authenticator(&array("a1")), "B5_phone_authenticator"),
            (challenge(&array("nK2")), "B6_lock_challenge"),
            (authenticator(&array("aU")), "C5_phone_authenticator"),
            (authorization_info(true), "C6_lock_authorization_info"),
            (authorization_info(false), "vu_authorization_info"),
        ] {
            assert_eq!(encode_plain(&message), vector(wire), "{wire}");
            assert_eq!(decode_plain(&vector(wire)), Ok(message));
        }
        assert_eq!(fixed::<2>(&[1, 2, 3]), Some([1, 2]));
        assert_eq!((fixed::<2>(&[1]), flag(&[1, 9]), flag(&[])), (None, Some(true), None));
    }
}
