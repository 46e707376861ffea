//! 0x000C Keyturner States, lock (8.2). 15 bytes from the oldest firmware, then growing.
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 1 | nuki state: 0 uninitialized, 1 pairing mode, 2 door mode, 4 maintenance |
//! | 1 | 1 | lock state |
//! | 2 | 1 | trigger of the last change: 0 system (Bluetooth), 1 manual, 2 button, 3 automatic, 6 auto lock |
//! | 3 | 7 | current time, UTC |
//! | 10 | 2 | timezone offset, minutes |
//! | 12 | 1 | battery: bit 0 critical, bit 1 charging, bits 2-7 half the percentage |
//! | 13 | 1 | config update count |
//! | 14 | 1 | lock 'n' go timer |
//! | 15 | 1 | last lock action |
//! | 16 | 1 | its trigger |
//! | 17 | 1 | its completion status |
//! | 18 | 1 | door sensor |
//! | 19 | 1 | night mode |
//! | 20 | 1 | accessory battery |
//! | 21 | 6 | remote access, RSSIs, network status; more from newer firmware |

use super::reader::Reader;
use super::{DateTime, id};
use crate::nuki::frame::Message;

/// Lock states.
pub(crate) mod lock_state {
    pub(crate) const UNCALIBRATED: u8 = 0x00;
    pub(crate) const LOCKED: u8 = 0x01;
    pub(crate) const UNLOCKING: u8 = 0x02;
    pub(crate) const UNLOCKED: u8 = 0x03;
    pub(crate) const LOCKING: u8 = 0x04;
    pub(crate) const UNLATCHED: u8 = 0x05;
    pub(crate) const LOCK_N_GO: u8 = 0x06;
    pub(crate) const UNLATCHING: u8 = 0x07;
    pub(crate) const CALIBRATION: u8 = 0xfc;
    pub(crate) const BOOT_RUN: u8 = 0xfd;
    pub(crate) const BLOCKED: u8 = 0xfe;
    pub(crate) const UNDEFINED: u8 = 0xff;
}

/// States of the door sensor that say something of the door.
pub(crate) mod door {
    pub(crate) const UNAVAILABLE: u8 = 0;
    pub(crate) const CLOSED: u8 = 2;
    pub(crate) const OPENED: u8 = 3;
}

/// Completion statuses that something hangs on (10.3).
pub(crate) mod completion {
    pub(crate) const SUCCESS: u8 = 0x00;
    pub(crate) const MOTOR_BLOCKED: u8 = 0x01;
    pub(crate) const CANCELED: u8 = 0x02;
    /// Also while still moving.
    pub(crate) const UNKNOWN: u8 = 0xff;
}

/// What the lock was last told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LastAction {
    pub(crate) action: u8,
    pub(crate) trigger: u8,
    pub(crate) completion: u8,
}

/// How the lock stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct States {
    pub(crate) nuki_state: u8,
    pub(crate) lock_state: u8,
    pub(crate) trigger: u8,
    pub(crate) time: DateTime,
    pub(crate) timezone_offset: i16,
    pub(crate) battery: u8,
    pub(crate) config_count: u8,
    pub(crate) timer: u8,
    pub(crate) last: Option<LastAction>,
    pub(crate) door: Option<u8>,
    pub(crate) night_mode: Option<u8>,
    pub(crate) accessory_battery: Option<u8>,
    /// What newer firmware appends.
    pub(crate) more: Vec<u8>,
}

impl States {
    pub(crate) fn encode(&self) -> Message {
        let mut payload = vec![self.nuki_state, self.lock_state, self.trigger];
        payload.extend(self.time.0);
        payload.extend(self.timezone_offset.to_le_bytes());
        payload.extend([self.battery, self.config_count, self.timer]);
        payload.extend(self.last.iter().flat_map(|last| [last.action, last.trigger, last.completion]));
        payload.extend(self.door.iter().chain(&self.night_mode).chain(&self.accessory_battery));
        payload.extend(&self.more);
        Message::new(id::STATES, payload)
    }

    pub(crate) fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        let mut states = Self {
            nuki_state: reader.u8()?,
            lock_state: reader.u8()?,
            trigger: reader.u8()?,
            time: DateTime(reader.array()?),
            timezone_offset: reader.i16()?,
            battery: reader.u8()?,
            config_count: reader.u8()?,
            timer: reader.u8()?,
            last: None,
            door: None,
            night_mode: None,
            accessory_battery: None,
            more: Vec::new(),
        };
        // A part of the last action is nothing, and no state of the door in its place.
        if let Some([action, trigger, completion]) = reader.array() {
            states.last = Some(LastAction { action, trigger, completion });
            states.door = reader.u8();
            states.night_mode = reader.u8();
            states.accessory_battery = reader.u8();
        }
        states.more = reader.0.to_vec();
        Some(states)
    }

    pub(crate) fn battery_critical(&self) -> bool {
        self.battery & 1 != 0
    }

    /// `None` where old firmware tells no more than whether it is critical.
    pub(crate) fn battery_percent(&self) -> Option<u8> {
        let percent = (self.battery & 0xfc) / 2;
        (self.battery > 1 && percent <= 100).then_some(percent)
    }

    /// Is the bolt thrown?
    pub(crate) fn locked(&self) -> Option<bool> {
        match self.lock_state {
            lock_state::LOCKED => Some(true),
            lock_state::UNLOCKED | lock_state::UNLATCHED | lock_state::LOCK_N_GO => Some(false),
            _ => None,
        }
    }

    /// Does the door stand open?
    pub(crate) fn door_open(&self) -> Option<bool> {
        match self.door {
            Some(door::CLOSED) => Some(false),
            Some(door::OPENED) => Some(true),
            _ => None,
        }
    }

    /// The motor runs.
    pub(crate) fn is_moving(&self) -> bool {
        use lock_state::{BOOT_RUN, CALIBRATION, LOCKING, UNLATCHING, UNLOCKING};
        matches!(self.lock_state, UNLOCKING | LOCKING | UNLATCHING | CALIBRATION | BOOT_RUN)
    }

    /// Says something that nobody knew when this was written.
    pub(crate) fn is_unfamiliar(&self) -> bool {
        let known_lock_state =
            matches!(self.lock_state, 0..=7 | lock_state::CALIBRATION..=lock_state::UNDEFINED);
        !matches!(self.nuki_state, 0 | 1 | 2 | 4) || !known_lock_state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuki::frame::encode_inner;
    use crate::nuki::tests::vectors::{AUTHORIZATION, vector};

    #[test]
    fn d5_and_d6() {
        for (wire, lock_state, second, completion) in
            [("D5_plaintext", 2, 32, 0xff), ("D6_plaintext", 3, 34, 0)]
        {
            let inner = vector(wire);
            let states = States::decode(&inner[6..27]).unwrap();
            assert_eq!((states.nuki_state, states.lock_state, states.trigger), (2, lock_state, 0));
            let time = format!("2026-03-07T08:15:{second}+00:00");
            assert_eq!(states.time.timestamp().unwrap().to_rfc3339(), time);
            assert_eq!((states.timezone_offset, states.config_count, states.timer), (60, 7, 0));
            assert_eq!((states.battery_percent(), states.battery_critical()), (Some(72), false));
            assert_eq!(states.last, Some(LastAction { action: 1, trigger: 0, completion }));
            assert_eq!((states.door_open(), states.night_mode), (Some(false), Some(0)));
            assert_eq!(states.accessory_battery, Some(3));
            assert_eq!(encode_inner(AUTHORIZATION, &states.encode()).to_vec(), inner);
        }
    }

    #[test]
    fn the_makers_example_has_15_bytes_and_tells_no_percentage() {
        let inner = vector("v21_state_plaintext");
        let states = States::decode(&inner[6..inner.len() - 2]).unwrap();
        assert_eq!((states.lock_state, states.timezone_offset, states.last), (1, 60, None));
        assert_eq!((states.locked(), states.door_open(), states.battery_percent()), (Some(true), None, None));
        assert_eq!(encode_inner(2, &states.encode()).to_vec(), inner);
    }

    #[test]
    fn every_length_from_15_up_is_taken_and_given_back() {
        for length in 0..40u8 {
            let payload: Vec<u8> = (0..length).collect();
            match States::decode(&payload) {
                Some(states) if length < 18 && length > 15 => {
                    assert!(states.last.is_none(), "{length}");
                }
                Some(states) => assert_eq!(*states.encode().payload, payload),
                None => assert!(length < 15),
            }
        }
    }

    #[test]
    fn unknown_values_survive_and_are_told_as_unfamiliar() {
        let mut payload = vec![0; 21];
        payload[1] = 0x42;
        payload[18] = 0x77;
        let states = States::decode(&payload).unwrap();
        assert!(states.is_unfamiliar() && states.locked().is_none() && states.door_open().is_none());
        assert_eq!(*states.encode().payload, payload);
    }
}
