//! 0x001E Authorization-ID Confirmation, phone, in pairing with generations 1 to 4 (6.1).
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 32 | authenticator `a4`, over the id and `nK3` |
//! | 32 | 4 | authorization id |

use super::id;
use super::reader::Reader;
use crate::nuki::crypto::{Authenticator, SharedKey};
use crate::nuki::frame::Message;

/// The phone has taken the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Confirmation {
    pub(crate) authenticator: [u8; 32],
    pub(crate) id: u32,
}

impl Confirmation {
    /// Proven to a lock that sent this challenge.
    pub(crate) fn new(id: u32, challenge: &[u8; 32], key: &SharedKey) -> Self {
        Self { authenticator: Authenticator::of_confirmation(id, challenge).sign(key), id }
    }

    pub(crate) fn encode(&self) -> Message {
        Message::new(id::CONFIRMATION, [&self.authenticator[..], &self.id.to_le_bytes()].concat())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        Some(Self { authenticator: reader.array()?, id: reader.u32()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::frame::encode_plain;
    use crate::nuki::tests::vectors::{AUTHORIZATION, array, shared_key, vector};

    #[test]
    fn b9_and_the_makers_examples() {
        let challenge_of = |wire| vector(wire)[54..86].try_into().unwrap();
        for (key, id, challenge, wire) in [
            ("shared_key", AUTHORIZATION, array("nK3"), "B9_phone_confirmation"),
            ("v21_shared_key", 2, challenge_of("v21_authorization_id"), "v21_confirmation"),
            ("v23_shared_key", 0x0034_5ce0, challenge_of("v23_authorization_id"), "v23_confirmation"),
        ] {
            let confirmation = Confirmation::new(id, &challenge, &shared_key(key));
            assert_eq!(encode_plain(&confirmation.encode()), vector(wire));
            assert_eq!(Confirmation::decode(&confirmation.encode().payload), Some(confirmation));
        }
        assert_eq!(Confirmation::decode(&[0; 35]), None);
    }
}
