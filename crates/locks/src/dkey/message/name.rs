//! DetTypeNameCmd, 0x15, lock: always in two fragments.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 4 | device id |
//! | 4 | 1 | door type, signed |
//! | 5 | 1 | side: 1 inside, 3 outside |
//! | 6 | 12 | name, ISO-8859-1, ends at the first zero |
//! | 18 | 1 | features of the key |
//! | 19 | 0 or 1 | initialized |

use super::id;
use crate::dkey::frame::Frame;

/// Features of the key (bit set) that something hangs on.
pub(crate) mod feature {
    pub(crate) const KEY_DISABLED: u8 = 0x02;
    pub(crate) const ONE_TIME: u8 = 0x08;
}

const NAME_LENGTH: usize = 12;

/// What the lock says of itself and of the key that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LockName {
    pub(crate) device_id: [u8; 4],
    pub(crate) door_type: u8,
    pub(crate) side: u8,
    pub(crate) name: String,
    pub(crate) features: u8,
    pub(crate) initialized: Option<bool>,
}

impl LockName {
    /// Characters outside ISO-8859-1 become `?`; the name is cut to 12.
    pub(crate) fn encode(&self) -> Frame {
        let mut payload = self.device_id.to_vec();
        payload.extend([self.door_type, self.side]);
        let name = self.name.chars().map(|c| u8::try_from(c).unwrap_or(b'?'));
        payload.extend(name.chain(std::iter::repeat(0)).take(NAME_LENGTH));
        payload.push(self.features);
        payload.extend(self.initialized.map(u8::from));
        Frame::new(id::NAME, payload)
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let (head, tail) = payload.split_first_chunk::<18>()?;
        let [i0, i1, i2, i3, door_type, side, name @ ..] = head;
        let (features, initialized) = match *tail {
            [features] => (features, None),
            [features, initialized] => (features, Some(initialized != 0)),
            _ => return None,
        };
        Some(Self {
            device_id: [*i0, *i1, *i2, *i3],
            door_type: *door_type,
            side: *side,
            name: name.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect(),
            features,
            initialized,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dkey::tests::vectors::{DEVICE, hex};

    fn hallway() -> LockName {
        LockName {
            device_id: DEVICE,
            door_type: 1,
            side: 1,
            name: "Hallway".into(),
            features: 0,
            initialized: Some(true),
        }
    }

    #[test]
    fn hallway_of_13_5() {
        let wire = hex("00193abc010148616c6c7761790000000000 00 01");
        assert_eq!(hallway().encode(), Frame::new(id::NAME, wire.clone()));
        assert_eq!(LockName::decode(&wire), Some(hallway()));
    }

    #[test]
    fn the_short_form_and_full_length_names() {
        let lock = LockName { initialized: None, name: "Kjøkkeninngå".into(), ..hallway() };
        let frame = lock.encode();
        assert_eq!(frame.payload.len(), 19);
        assert_eq!(LockName::decode(&frame.payload), Some(lock));
        assert_eq!(LockName::decode(&frame.payload[..18]), None);
        assert_eq!(LockName::decode(&[0; 21]), None);
    }
}
