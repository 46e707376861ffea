//! 0x0013 Set Config, phone (8.7). It replaces all of these; then challenge and PIN.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 32 | name |
//! | 32 | 8 | latitude, longitude |
//! | 40 | 5 | auto unlatch, pairing by button, button, LED, LED brightness |
//! | 45 | 2 | timezone offset |
//! | 47 | 1 | DST |
//! | 48 | 3 | fob actions 1-3 |
//! | 51 | 1 | single lock |
//! | 52 | 1 | advertising mode |
//! | 53 | 2 | timezone id |

use super::reader::Reader;
use super::{Config, text};
#[cfg(test)]
use crate::nuki::frame::Message;

/// What is to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetConfig {
    name: String,
    place: [u8; 8],
    switches: [u8; 5],
    timezone_offset: i16,
    daylight_saving: u8,
    fob_actions: [u8; 3],
    single_lock: u8,
    advertising: u8,
    timezone_id: [u8; 2],
}

impl SetConfig {
    /// No phone of ours sets a lock up: only the simulator takes it.
    #[cfg(test)]
    pub(crate) fn encode(&self) -> Message {
        let mut payload = text::encode::<32>(&self.name).to_vec();
        payload.extend(self.place);
        payload.extend(self.switches);
        payload.extend(self.timezone_offset.to_le_bytes());
        payload.push(self.daylight_saving);
        payload.extend(self.fob_actions);
        payload.extend([self.single_lock, self.advertising]);
        payload.extend(self.timezone_id);
        Message::new(super::id::SET_CONFIG, payload)
    }

    /// Exactly 55 bytes.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let sent = Self {
            name: text::decode(&reader.array::<32>()?),
            place: reader.array()?,
            switches: reader.array()?,
            timezone_offset: reader.i16()?,
            daylight_saving: reader.u8()?,
            fob_actions: reader.array()?,
            single_lock: reader.u8()?,
            advertising: reader.u8()?,
            timezone_id: reader.array()?,
        };
        reader.0.is_empty().then_some(sent)
    }

    /// Writes itself into what the lock has.
    pub(crate) fn apply(self, config: &mut Config) {
        config.name = self.name;
        config.place = self.place;
        config.switches = self.switches;
        config.timezone_offset = self.timezone_offset;
        config.daylight_saving = self.daylight_saving;
        config.fob_actions = self.fob_actions;
        config.single_lock = self.single_lock;
        config.advertising = self.advertising;
        if let Some(id) = config.more.get_mut(1..3) {
            id.copy_from_slice(&self.timezone_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_five_bytes_and_no_other_number() {
        let mut body: Vec<u8> = (1..).take(55).collect();
        body[..32].copy_from_slice(&text::encode::<32>("Hallway"));
        let sent = SetConfig::decode(&body).unwrap();
        assert_eq!(*sent.encode().payload, body);
        assert!(SetConfig::decode(&body[..54]).is_none() && SetConfig::decode(&[1; 56]).is_none());
        let mut config = Config { more: vec![0; 7], ..Config::default() };
        sent.apply(&mut config);
        assert_eq!((config.name.as_str(), config.timezone_offset), ("Hallway", 0x2f2e));
        assert_eq!(config.more, [0, 54, 55, 0, 0, 0, 0]);
    }
}
