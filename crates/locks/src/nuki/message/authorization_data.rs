//! 0x0006 Authorization Data, phone, in pairing.
//!
//! Generations 1 to 4 (6.1), in clear:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 32 | authenticator `a2`, over the fields below and the lock's challenge |
//! | 32 | 1 | type: 0 app, 1 bridge, 2 fob, 3 keypad |
//! | 33 | 4 | App-ID |
//! | 37 | 32 | name |
//! | 69 | 32 | `nA` |
//!
//! Ultra (6.2), sealed:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 4 | App-ID |
//! | 4 | 32 | name |
//! | 36 | 4 | PIN |

use super::reader::Reader;
use super::{id, text};
use crate::nuki::crypto::{Authenticator, SharedKey};
use crate::nuki::frame::Message;

/// Who wants to be let in, generations 1 to 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuthorizationData {
    pub(crate) kind: u8,
    pub(crate) app_id: u32,
    pub(crate) name: String,
    pub(crate) nonce: [u8; 32],
}

impl AuthorizationData {
    fn fields(&self) -> Vec<u8> {
        [&[self.kind][..], &self.app_id.to_le_bytes(), &text::encode::<32>(&self.name), &self.nonce].concat()
    }

    /// Proven to a lock that sent this challenge.
    pub(crate) fn encode(&self, challenge: &[u8; 32], key: &SharedKey) -> Message {
        let fields = self.fields();
        let tag = Authenticator::of_data(&fields, challenge).sign(key);
        Message::new(id::AUTHORIZATION_DATA, [&tag[..], &fields].concat())
    }

    /// With what its authenticator must be.
    pub(crate) fn decode(payload: &[u8], challenge: &[u8; 32]) -> Option<(Self, [u8; 32], Authenticator)> {
        let mut reader = Reader(payload);
        let tag = reader.array()?;
        let covered = Authenticator::of_data(reader.0.get(..69)?, challenge);
        let kind = reader.u8()?;
        let app_id = reader.u32()?;
        let name = text::decode(&reader.array::<32>()?);
        Some((Self { kind, app_id, name, nonce: reader.array()? }, tag, covered))
    }
}

/// Who wants to be let in, Ultra.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UltraAuthorizationData {
    pub(crate) app_id: u32,
    pub(crate) name: String,
    pub(crate) pin: u32,
}

impl UltraAuthorizationData {
    pub(crate) fn encode(&self) -> Message {
        let mut payload = self.app_id.to_le_bytes().to_vec();
        payload.reserve_exact(36);
        payload.extend(text::encode::<32>(&self.name));
        payload.extend(self.pin.to_le_bytes());
        Message::new(id::AUTHORIZATION_DATA, payload)
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        let app_id = reader.u32()?;
        let name = text::decode(&reader.array::<32>()?);
        Some(Self { app_id, name, pin: reader.u32()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::frame::{decode_plain, encode_inner, encode_plain};
    use crate::nuki::message::NOT_YET;
    use crate::nuki::tests::vectors::{APP, array, shared_key, vector};

    #[test]
    fn b7_and_the_makers_examples() {
        for (key, challenge, wire, name, app_id) in [
            ("shared_key", array("nK2"), "B7_phone_authorization_data", "Spec Phone", APP),
            ("v21_shared_key", second("v21"), "v21_authorization_data", "Marc (Test)", 0),
            ("v23_shared_key", second("v23"), "v23_authorization_data", "Testapp", 0x187e_ed27),
        ] {
            let key = shared_key(key);
            let payload = decode_plain(&vector(wire)).unwrap().payload;
            let (data, tag, covered) = AuthorizationData::decode(&payload, &challenge).unwrap();
            assert_eq!((data.kind, data.app_id, data.name.as_str()), (0, app_id, name));
            assert!(covered.is(&tag, &key));
            assert_eq!(encode_plain(&data.encode(&challenge, &key)), vector(wire));
            assert!(AuthorizationData::decode(&payload[..100], &challenge).is_none());
        }
    }

    fn second(version: &str) -> [u8; 32] {
        vector(&format!("{version}_challenge_2"))[2..34].try_into().unwrap()
    }

    #[test]
    fn c7_and_the_makers_example() {
        let data = UltraAuthorizationData { app_id: APP, name: "Spec Phone".into(), pin: 123_456 };
        assert_eq!(encode_inner(NOT_YET, &data.encode()).to_vec(), vector("C7_plaintext"));
        assert!(UltraAuthorizationData::decode(&data.encode().payload) == Some(data));
        let theirs = vector("vu_authorization_data_without_id_and_crc");
        let data = UltraAuthorizationData::decode(&theirs[2..]).unwrap();
        assert_eq!((data.app_id, data.name.as_str(), data.pin), (0, "Testapp", 123_456));
        assert_eq!(data.encode().payload[..], theirs[2..]);
        assert!(UltraAuthorizationData::decode(&theirs[3..]).is_none());
    }
}
