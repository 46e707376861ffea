//! What the lock says: sealed answers, Keyturner States, errors; and what can go wrong with them.

use terskel_model::world::random;

use super::SimulatedLock;
use super::lock::PairingMode;
use crate::device::DeviceTime;
use crate::nuki::crypto::SharedKey;
use crate::nuki::frame::{Message, encode_inner, encode_inner_without_crc, encode_plain, seal};
use crate::nuki::message::{ErrorReport, States, code, door};
use crate::nuki::{GENERAL, USER};

/// Below this the battery is told as critical.
const CRITICAL_PERCENT: u8 = 20;
/// Until a percentage came, firmware told no more than whether the battery is critical.
const OLDEST: usize = 15;

impl SimulatedLock {
    /// Answers whoever asked, with all the faults that answers can have.
    pub(super) fn reply(&mut self, to: u32, message: &Message, now: DeviceTime) {
        if self.faults.unasked_states {
            self.push_states(now);
        }
        if self.faults.drops_this() {
            return;
        }
        let old = self.said.clone().filter(|_| self.faults.replay);
        self.say(to, message);
        old.iter().for_each(|old| self.outbox.push(USER, old));
    }

    /// Tells the connected phone the states, unasked.
    pub(super) fn push_states(&mut self, now: DeviceTime) {
        if let Some(peer) = self.peer {
            let states = self.states(now);
            self.say(peer, &states);
        }
    }

    pub(super) fn refuse(&mut self, to: u32, code: u8, command: u16, now: DeviceTime) {
        self.reply(to, &ErrorReport { code, command }.encode(), now);
    }

    /// For what could not even be opened (8.5).
    pub(super) fn not_authorized(&mut self) {
        let report = ErrorReport { code: code::NOT_AUTHORIZED, command: 0 };
        self.outbox.push(GENERAL, &encode_plain(&report.encode()));
    }

    fn say(&mut self, to: u32, message: &Message) {
        let Some(key) = self.authorization(to).map(|known| known.key.clone()) else { return };
        let mut message = message.clone();
        if self.faults.append_unknown {
            message.payload.extend([0xde, 0xad, 0x01]);
        }
        let Some(sealed) = self.sealed(&key, to, &message) else { return };
        self.outbox.push(USER, &sealed);
        self.said = Some(sealed);
    }

    pub(super) fn sealed(&self, key: &SharedKey, id: u32, message: &Message) -> Option<Vec<u8>> {
        let inner = match self.faults.crc_zero {
            true => encode_inner_without_crc(id, message),
            false => encode_inner(id, message),
        };
        seal(key, id, &random(&*self.entropy), &inner)
    }

    /// Keyturner States, as long as the firmware is old.
    pub(super) fn states(&self, now: DeviceTime) -> Message {
        let unknown = self.faults.unknown_values;
        let length = self.faults.states_length.unwrap_or(self.config.states_length);
        let paired = self.pairing_mode == PairingMode::Off;
        let critical = u8::from(self.mechanism.battery_percent < CRITICAL_PERCENT);
        let percent = if length > OLDEST { (self.mechanism.battery_percent / 2) << 2 } else { 0 };
        let states = States {
            nuki_state: if unknown { 0x42 } else { 1 + u8::from(paired) },
            lock_state: self.mechanism.told_state(),
            trigger: if unknown { 0x77 } else { self.mechanism.trigger },
            time: self.told_time(now),
            timezone_offset: self.settings.timezone_offset,
            battery: percent | critical,
            config_count: self.settings_count,
            timer: 0,
            last: Some(self.mechanism.last),
            door: Some(if unknown { 0x77 } else { door::UNAVAILABLE }),
            night_mode: Some(0),
            accessory_battery: Some(0),
            more: vec![0; 6],
        };
        let mut message = states.encode();
        message.payload.truncate(length);
        message
    }
}
