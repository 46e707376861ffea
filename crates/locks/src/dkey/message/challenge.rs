//! Challenges and their replies.
//!
//! | id | from | payload |
//! | --- | --- | --- |
//! | 0x01 AuthChallengeCmd | lock | 16: `Nl` |
//! | 0x52 AuthChallengeRsp | phone | 16: reply |
//! | 0x02 AuthChallengeAcceptedCmd | lock | 14: `handshakecheck` |
//! | 0x34 RequestChallengeCmd | phone | 1: version 1; 4: `FF FF FF FE` |
//! | 0x23 AuthPinChallengeCmd | lock | 16: `Nl` |
//! | 0x24 AuthPinChallengeReplyCmd | phone | 16: reply |
//! | 0x25 AuthCheckCmd | lock | 14: `handshakecheck` |

use super::{NOT_ENROLLED, id};
use crate::dkey::frame::Frame;

const HANDSHAKE: &[u8; 14] = b"handshakecheck";

/// The lock's challenge to a key.
pub(crate) fn auth_challenge(nonce: [u8; 16]) -> Frame {
    Frame::new(id::AUTH_CHALLENGE, nonce)
}

/// The proof of a key.
pub(crate) fn auth_reply(reply: &[u8; 16]) -> Frame {
    Frame::new(id::AUTH_REPLY, *reply)
}

/// The first sealed frame of a key session.
pub(crate) fn handshake() -> Frame {
    Frame::new(id::AUTH_ACCEPTED, *HANDSHAKE)
}

/// Asks for a challenge to the activation code.
pub(crate) fn request_challenge() -> Frame {
    let [a, b, c, d] = NOT_ENROLLED;
    Frame::new(id::REQUEST_CHALLENGE, [1, a, b, c, d])
}

/// The lock's challenge to the code.
pub(crate) fn pin_challenge(nonce: [u8; 16]) -> Frame {
    Frame::new(id::PIN_CHALLENGE, nonce)
}

/// The proof of the code.
pub(crate) fn pin_reply(reply: &[u8; 16]) -> Frame {
    Frame::new(id::PIN_REPLY, *reply)
}

/// The first sealed frame of an association.
pub(crate) fn check() -> Frame {
    Frame::new(id::CHECK, *HANDSHAKE)
}

/// Whether the first sealed frame says what it must.
pub(crate) fn is_handshake(payload: &[u8]) -> bool {
    payload == HANDSHAKE
}

/// A payload that is a nonce or a proof: exactly `N` bytes.
pub(crate) fn fixed<const N: usize>(payload: &[u8]) -> Option<[u8; N]> {
    payload.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::{NL, hex};

    #[test]
    fn frames_of_13_1_and_the_transcripts() {
        assert_eq!(request_challenge().to_bytes(), hex("340501fffffffe"));
        assert_eq!(auth_challenge(NL).to_bytes(), hex("0110c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"));
        assert_eq!(pin_challenge(NL).to_bytes(), hex("2310c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"));
        assert_eq!(handshake().to_bytes(), hex("020e68616e647368616b65636865636b"));
        assert_eq!(check().to_bytes(), hex("250e68616e647368616b65636865636b"));
        assert!(is_handshake(&handshake().payload) && !is_handshake(b"handshakecheek"));
    }
}
