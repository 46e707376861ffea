//! 0x0007 Authorization-ID, lock, in pairing.
//!
//! Generations 1 to 4 (6.1), in clear:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 32 | authenticator `a3`, over the fields below and the phone's `nA` |
//! | 32 | 4 | authorization id |
//! | 36 | 16 | UUID of the lock |
//! | 52 | 32 | `nK3` |
//!
//! Ultra (6.2), sealed: authorization id 4, UUID 16.

use uuid::Uuid;

use super::id;
use super::reader::Reader;
use crate::nuki::crypto::{Authenticator, SharedKey};
use crate::nuki::frame::Message;

/// Under which id the phone is known now, generations 1 to 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuthorizationId {
    pub(crate) id: u32,
    pub(crate) uuid: Uuid,
    pub(crate) challenge: [u8; 32],
}

impl AuthorizationId {
    /// Proven to the phone that sent this nonce.
    pub(crate) fn encode(&self, phone_nonce: &[u8; 32], key: &SharedKey) -> Message {
        let fields = [&self.id.to_le_bytes()[..], self.uuid.as_bytes(), &self.challenge].concat();
        let tag = Authenticator::of_authorization(&fields, phone_nonce).sign(key);
        Message::new(id::AUTHORIZATION_ID, [&tag[..], &fields].concat())
    }

    /// With what its authenticator must be.
    pub(crate) fn decode(payload: &[u8], phone_nonce: &[u8; 32]) -> Option<(Self, [u8; 32], Authenticator)> {
        let mut reader = Reader(payload);
        let tag = reader.array()?;
        let covered = Authenticator::of_authorization(reader.0.get(..52)?, phone_nonce);
        let id = reader.u32()?;
        let uuid = Uuid::from_bytes(reader.array()?);
        Some((Self { id, uuid, challenge: reader.array()? }, tag, covered))
    }
}

/// Under which id the phone is known now, Ultra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UltraAuthorizationId {
    pub(crate) id: u32,
    pub(crate) uuid: Uuid,
}

impl UltraAuthorizationId {
    pub(crate) fn encode(&self) -> Message {
        Message::new(id::AUTHORIZATION_ID, [&self.id.to_le_bytes()[..], self.uuid.as_bytes()].concat())
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        let id = reader.u32()?;
        Some(Self { id, uuid: Uuid::from_bytes(reader.array()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::frame::{decode_plain, encode_inner, encode_plain};
    use crate::nuki::message::NOT_YET;
    use crate::nuki::tests::vectors::{array, shared_key, vector};

    #[test]
    fn b8_and_the_makers_examples() {
        let nonce_of = |wire| vector(wire)[71..103].try_into().unwrap();
        for (key, nonce, wire, id) in [
            ("shared_key", array("nA"), "B8_lock_authorization_id", 0x0034_5c01),
            ("v21_shared_key", nonce_of("v21_authorization_data"), "v21_authorization_id", 2),
            ("v23_shared_key", nonce_of("v23_authorization_data"), "v23_authorization_id", 0x0034_5ce0),
        ] {
            let key = shared_key(key);
            let payload = decode_plain(&vector(wire)).unwrap().payload;
            let (sent, tag, covered) = AuthorizationId::decode(&payload, &nonce).unwrap();
            assert_eq!(sent.id, id);
            assert!(covered.is(&tag, &key));
            assert_eq!(encode_plain(&sent.encode(&nonce, &key)), vector(wire));
            assert!(AuthorizationId::decode(&payload[..83], &nonce).is_none());
        }
    }

    #[test]
    fn c8() {
        let sent = UltraAuthorizationId { id: 0x87f9, uuid: Uuid::from_bytes(array("uuid")) };
        assert_eq!(encode_inner(NOT_YET, &sent.encode()).to_vec(), vector("C8_plaintext"));
        assert_eq!(UltraAuthorizationId::decode(&sent.encode().payload), Some(sent));
        assert_eq!(UltraAuthorizationId::decode(&[0; 19]), None);
    }
}
