//! 0x0015 Config, lock, in answer to 0x0014 Request Config (8.7). 71 bytes from the oldest firmware, then growing.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 4 | Nuki ID |
//! | 4 | 32 | name |
//! | 36 | 8 | latitude, longitude: float each |
//! | 44 | 5 | auto unlatch, pairing by button, button, LED, LED brightness |
//! | 49 | 7 | current time |
//! | 56 | 2 | timezone offset, minutes |
//! | 58 | 8 | DST, has fob, fob actions 1-3, single lock, advertising mode, has keypad |
//! | 66 | 3 | firmware version |
//! | 69 | 2 | hardware revision |
//! | 71 | 1 | HomeKit |
//! | 72 | 2 | timezone id |
//! | 74 | 4 | device type, capabilities, has keypad 2, Matter |

use super::reader::Reader;
use super::{DateTime, id, text};
use crate::nuki::frame::Message;

/// How the lock is set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) nuki_id: u32,
    pub(crate) name: String,
    /// Latitude and longitude, as they came.
    pub(crate) place: [u8; 8],
    /// Auto unlatch, pairing by button, button, LED, LED brightness.
    pub(crate) switches: [u8; 5],
    pub(crate) time: DateTime,
    pub(crate) timezone_offset: i16,
    pub(crate) daylight_saving: u8,
    pub(crate) has_fob: u8,
    pub(crate) fob_actions: [u8; 3],
    pub(crate) single_lock: u8,
    pub(crate) advertising: u8,
    pub(crate) has_keypad: u8,
    pub(crate) firmware: [u8; 3],
    pub(crate) hardware: [u8; 2],
    /// HomeKit, timezone id, device type, capabilities, keypad 2, Matter, and what newer firmware appends.
    pub(crate) more: Vec<u8>,
}

impl Config {
    pub(crate) fn encode(&self) -> Message {
        let mut payload = self.nuki_id.to_le_bytes().to_vec();
        payload.extend(text::encode::<32>(&self.name));
        payload.extend(self.place);
        payload.extend(self.switches);
        payload.extend(self.time.0);
        payload.extend(self.timezone_offset.to_le_bytes());
        payload.extend([self.daylight_saving, self.has_fob]);
        payload.extend(self.fob_actions);
        payload.extend([self.single_lock, self.advertising, self.has_keypad]);
        payload.extend(self.firmware);
        payload.extend(self.hardware);
        payload.extend(&self.more);
        Message::new(id::CONFIG, payload)
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        Some(Self {
            nuki_id: reader.u32()?,
            name: text::decode(&reader.array::<32>()?),
            place: reader.array()?,
            switches: reader.array()?,
            time: DateTime(reader.array()?),
            timezone_offset: reader.i16()?,
            daylight_saving: reader.u8()?,
            has_fob: reader.u8()?,
            fob_actions: reader.array()?,
            single_lock: reader.u8()?,
            advertising: reader.u8()?,
            has_keypad: reader.u8()?,
            firmware: reader.array()?,
            hardware: reader.array()?,
            more: reader.0.to_vec(),
        })
    }

    /// As people write it.
    pub(crate) fn firmware(&self) -> String {
        let [major, minor, patch] = self.firmware;
        format!("{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_lengths_of_8_7() {
        for length in [71usize, 72, 74, 78, 90] {
            let mut payload: Vec<u8> = (1..).take(length).collect();
            payload[4..36].copy_from_slice(&text::encode::<32>("Hallway"));
            let config = Config::decode(&payload).unwrap();
            assert_eq!((config.nuki_id, config.name.as_str()), (0x0403_0201, "Hallway"));
            assert_eq!((config.firmware, config.hardware), ([67, 68, 69], [70, 71]));
            assert_eq!((config.timezone_offset, config.fob_actions), (0x3a39, [61, 62, 63]));
            assert_eq!(config.firmware(), "67.68.69");
            assert_eq!(*config.encode().payload, payload);
        }
        assert_eq!(Config::decode(&[0; 70]), None);
    }
}
