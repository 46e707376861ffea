//! Who is who, in clear.
//!
//! GetIdentificationCmd 0x00, both directions: 4 bytes of nonce. NotAssociatedCmd 0x13, lock: empty.
//!
//! GetIdentificationRsp 0x50, both directions:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 2 | protocol version |
//! | 2 | 3 | software version: major, minor, patch |
//! | 5 | 4 | key holder id; of the lock: its own id |
//! | 9 | 1 | has cookie |
//! | 10 | 7 | user id |
//! | 17 | 1 | device type |

use super::id;
use crate::dkey::frame::Frame;

/// The key holder id of a phone that asks for association.
pub(crate) const NOT_ENROLLED: [u8; 4] = [0xff, 0xff, 0xff, 0xfe];
/// Both sides of the public implementation send this one.
const USER_ID: [u8; 7] = *b"sweDoor";

/// Software version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version(pub(crate) [u8; 3]);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// Device types that these halves are; a peer's is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeviceType {
    Detector = 1,
    AndroidKeyApp = 4,
}

/// What a side says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identification {
    pub(crate) protocol: u16,
    pub(crate) software: Version,
    pub(crate) holder: [u8; 4],
    pub(crate) device_type: u8,
}

impl Identification {
    pub(crate) fn encode(self) -> Frame {
        let mut payload = self.protocol.to_be_bytes().to_vec();
        payload.extend(self.software.0);
        payload.extend(self.holder);
        payload.push(0);
        payload.extend(USER_ID);
        payload.push(self.device_type);
        Frame::new(id::IDENTIFICATION, payload)
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let payload: &[u8; 18] = payload.try_into().ok()?;
        let [p0, p1, s0, s1, s2, h0, h1, h2, h3, ..] = *payload;
        Some(Self {
            protocol: u16::from_be_bytes([p0, p1]),
            software: Version([s0, s1, s2]),
            holder: [h0, h1, h2, h3],
            device_type: payload[17],
        })
    }
}

/// Asks who the other side is.
pub(crate) fn get_identification(nonce: [u8; 4]) -> Frame {
    Frame::new(id::GET_IDENTIFICATION, nonce)
}

/// The lock does not know the key holder.
pub(crate) fn not_associated() -> Frame {
    Frame::new(id::NOT_ASSOCIATED, [])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::{DEVICE, KEY_HOLDER, NP, hex};

    #[test]
    fn the_phone_and_the_lock_of_chapter_13() {
        let phone = Identification {
            protocol: 27,
            software: Version([1, 2, 6]),
            holder: KEY_HOLDER,
            device_type: DeviceType::AndroidKeyApp as u8,
        };
        assert_eq!(phone.encode().to_bytes(), hex("5012001b0102062c00000100737765446f6f7204"));
        let lock = hex("5012001b02050200193abc00737765446f6f7201");
        let read = Identification::decode(&lock[2..]).unwrap();
        assert_eq!((read.protocol, read.software.to_string(), read.holder), (27, "2.5.2".into(), DEVICE));
        assert_eq!(read.device_type, DeviceType::Detector as u8);
        assert_eq!(read.encode().to_bytes(), lock);
    }

    #[test]
    fn question_and_refusal() {
        assert_eq!(get_identification(NP).to_bytes(), hex("000411223344"));
        assert_eq!(not_associated().to_bytes(), hex("1300"));
        assert_eq!(Identification::decode(&[0; 17]), None);
    }
}
