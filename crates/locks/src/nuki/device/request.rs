//! What a phone asks, sealed: the checks of 13 rule 2 in their order, then the command's own.

use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::world::random;

use super::SimulatedLock;
use crate::device::DeviceTime;
use crate::nuki::Generation;
use crate::nuki::frame::{Crc, Head, Message, decode_plain, encode_plain, open};
use crate::nuki::message::{
    BatteryReport, ErrorReport, LogCount, Needs, Proof, RequestData, RequestLog, Status, challenge, code,
    flag, id, kind,
};
use crate::secret::same;

/// How long a challenge is good for (7.1, \[D\]).
const CHALLENGE_FOR: Duration = Duration::from_secs(60);
/// Wrong PINs in a row, and how long none is taken then (7.2, \[D\]).
const WRONG_PINS: u8 = 5;
const PINS_LOCKED_FOR: Duration = Duration::from_secs(60);
/// The type of a bridge's authorization.
const BRIDGE: u8 = 1;

impl SimulatedLock {
    pub(super) fn take_sealed(&mut self, value: &[u8], now: DeviceTime) {
        let from = Head::decode(value).ok().map(|head| head.id);
        let key = from.and_then(|id| self.authorization(id)).map(|known| known.key.clone());
        let opened = key.and_then(|key| open(&key, value).ok());
        let Some(opened) = opened else { return self.not_authorized() };
        self.peer = Some(opened.id);
        let command = opened.message.command;
        let done = match opened.crc {
            Crc::Right => self.check(opened.id, &opened.message, now),
            Crc::Zero | Crc::Wrong => Err(code::BAD_CRC),
        };
        if let Err(code) = done {
            self.refuse(opened.id, code, command, now);
        }
    }

    /// Nothing that a phone writes in clear has a place outside pairing.
    pub(super) fn take_general(&mut self, value: &[u8]) {
        let report = match decode_plain(value) {
            Ok(message) => ErrorReport { code: code::UNKNOWN, command: message.command },
            Err(_) => ErrorReport { code: code::BAD_CRC, command: 0 },
        };
        self.outbox.push(crate::nuki::GENERAL, &encode_plain(&report.encode()));
    }

    fn check(&mut self, from: u32, message: &Message, now: DeviceTime) -> Result<(), u8> {
        let needs = Needs::of(message.command).ok_or(code::UNKNOWN)?;
        if needs == Needs::Nothing {
            let RequestData(wanted) = RequestData::decode(&message.payload).ok_or(code::BAD_LENGTH)?;
            return self.give(from, wanted, now);
        }
        let generation = self.config.generation;
        let (body, proof) = Proof::split(&message.payload, needs, generation).ok_or(code::BAD_LENGTH)?;
        self.use_challenge(from, &proof, now.uptime)?;
        if let Some(pin) = proof.pin {
            self.check_pin(pin, now.uptime)?;
        }
        self.obey(from, message.command, body, now)
    }

    fn give(&mut self, to: u32, wanted: u16, now: DeviceTime) -> Result<(), u8> {
        let answer = match wanted {
            id::CHALLENGE => {
                let nonce = random(&*self.entropy);
                if let Some(known) = self.authorization_mut(to) {
                    known.challenge = Some((nonce, now.uptime));
                }
                challenge(&nonce)
            }
            id::STATES => {
                let is_bridge = self.authorization(to).is_some_and(|known| known.kind == BRIDGE);
                self.changed &= !is_bridge;
                self.states(now)
            }
            id::BATTERY_REPORT => BatteryReport {
                voltage: 4500 + 15 * u16::from(self.mechanism.battery_percent),
                critical: u8::from(self.mechanism.battery_percent < 20),
                action: self.mechanism.last.action,
                ..BatteryReport::default()
            }
            .encode(),
            _ => return Err(code::BAD_PARAMETER),
        };
        self.reply(to, &answer, now);
        Ok(())
    }

    /// A challenge is used up by whatever carries it (7.1).
    fn use_challenge(&mut self, from: u32, proof: &Proof, now: Uptime) -> Result<(), u8> {
        let given = self.authorization_mut(from).and_then(|known| known.challenge.take());
        let good =
            given.is_some_and(|(nonce, at)| same(&nonce, &proof.challenge) && now - at <= CHALLENGE_FOR);
        if good { Ok(()) } else { Err(code::BAD_NONCE) }
    }

    /// A lock of generations 1 to 4 without PIN takes 0 (7.2).
    pub(super) fn check_pin(&mut self, pin: u32, now: Uptime) -> Result<(), u8> {
        if self.pins_locked_until.is_some_and(|until| now < until) {
            return Err(code::TOO_MANY_PIN_ATTEMPTS);
        }
        let wanted = self.pin.or((self.config.generation == Generation::Classic).then_some(0));
        if wanted.is_some_and(|wanted| same(&wanted.to_le_bytes(), &pin.to_le_bytes())) {
            self.wrong_pins = 0;
            return Ok(());
        }
        self.wrong_pins += 1;
        if self.wrong_pins >= WRONG_PINS {
            self.wrong_pins = 0;
            self.pins_locked_until = Some(now + PINS_LOCKED_FOR);
        }
        Err(code::BAD_PIN)
    }

    fn obey(&mut self, from: u32, command: u16, body: &[u8], now: DeviceTime) -> Result<(), u8> {
        match command {
            id::LOCK_ACTION | id::SIMPLE_LOCK_ACTION => return self.act(from, command, body, now),
            id::REQUEST_CONFIG if body.is_empty() => {
                let config = self.config_now(now).encode();
                self.reply(from, &config, now);
                return Ok(());
            }
            id::REQUEST_ADVANCED_CONFIG if body.is_empty() => {
                let config = self.advanced.encode();
                self.reply(from, &config, now);
                return Ok(());
            }
            id::INVITE => return self.invite(from, body, now),
            id::REMOVE_ENTRY => return self.remove_entry(from, body, now),
            id::REQUEST_ENTRIES => self.tell_entries(from, body, now)?,
            id::UPDATE_ENTRY => self.update_entry(body)?,
            id::REQUEST_LOG => self.tell_log(from, body, now)?,
            id::SET_CONFIG => self.set_config(body)?,
            id::SET_ADVANCED_CONFIG => self.set_advanced(body)?,
            id::SET_PIN => self.set_pin(body)?,
            id::UPDATE_TIME => self.update_time(body, now)?,
            id::ENABLE_LOGGING => self.enable_logging(from, body, now)?,
            id::VERIFY_PIN if body.is_empty() => {}
            id::CALIBRATE if body.is_empty() => self.calibrate(from, now),
            id::REBOOT if body.is_empty() => {
                self.mechanism.interrupt();
                self.wants_disconnect = true;
            }
            _ => return Err(code::BAD_LENGTH),
        }
        self.reply(from, &Status::COMPLETE.encode(), now);
        Ok(())
    }

    fn calibrate(&mut self, from: u32, now: DeviceTime) {
        self.mechanism.calibrated = true;
        let (time, name) = (self.told_time(now), self.name_of(from));
        self.journal.write(time, from, &name, kind::CALIBRATION, &[0; 4]);
        self.reply(from, &Status::ACCEPTED.encode(), now);
        self.push_states(now);
    }

    fn tell_log(&mut self, to: u32, body: &[u8], now: DeviceTime) -> Result<(), u8> {
        let asked = RequestLog::decode(body).ok_or(code::BAD_LENGTH)?;
        let (total, entries) = self.journal.read(asked);
        if asked.total {
            self.reply(to, &LogCount { enabled: self.journal.enabled, count: total }.encode(), now);
        }
        entries.iter().for_each(|entry| self.reply(to, &entry.encode(), now));
        Ok(())
    }

    fn enable_logging(&mut self, from: u32, body: &[u8], now: DeviceTime) -> Result<(), u8> {
        let [_] = body else { return Err(code::BAD_LENGTH) };
        let on = flag(body).unwrap_or(false);
        let (time, name) = (self.told_time(now), self.name_of(from));
        self.journal.enabled = true;
        self.journal.write(time, from, &name, kind::LOGGING, &[u8::from(on)]);
        self.journal.enabled = on;
        Ok(())
    }
}
