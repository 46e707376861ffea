//! What the lock is set to (8.7), and its clock (8.11).

use std::time::Duration;

use super::{LockConfig, SimulatedLock};
use crate::device::DeviceTime;
use crate::nuki::Generation;
use crate::nuki::message::{AdvancedConfig, Config, DateTime, SetConfig, SetPin, UpdateTime, code};

/// Firmware and hardware that a simulated lock shows.
const CLASSIC: ([u8; 3], [u8; 2]) = ([4, 3, 12], [11, 2]);
const ULTRA: ([u8; 3], [u8; 2]) = ([5, 2, 4], [1, 0]);
/// No HomeKit, no timezone id; capabilities, keypad 2 and Matter: none.
const NO_TIMEZONE: [u8; 2] = [0xff, 0xff];

pub(super) fn initial(config: &LockConfig) -> Config {
    let ((firmware, hardware), device_type) = match config.generation {
        Generation::Classic => (CLASSIC, 4),
        Generation::Ultra => (ULTRA, 5),
    };
    Config {
        nuki_id: config.nuki_id,
        name: config.name.clone(),
        // Pairing by button, button and LED are on, at brightness 3.
        switches: [0, 1, 1, 1, 3],
        timezone_offset: config.timezone_offset,
        firmware,
        hardware,
        more: [&[0][..], &NO_TIMEZONE, &[device_type, 0, 0, 0]].concat(),
        ..Config::default()
    }
}

pub(super) fn advanced(config: &LockConfig) -> AdvancedConfig {
    let seconds = |span: Duration| u8::try_from(span.as_secs()).unwrap_or(u8::MAX);
    AdvancedConfig::new(config.generation, seconds(config.lock_n_go), seconds(config.unlatch))
}

impl SimulatedLock {
    pub(super) fn config_now(&self, now: DeviceTime) -> Config {
        Config { time: self.told_time(now), ..self.settings.clone() }
    }

    pub(super) fn told_time(&self, now: DeviceTime) -> DateTime {
        if self.clock_lost { DateTime::NONE } else { DateTime::of(self.clock(now)) }
    }

    pub(super) fn set_config(&mut self, body: &[u8]) -> Result<(), u8> {
        SetConfig::decode(body).ok_or(code::BAD_LENGTH)?.apply(&mut self.settings);
        self.settings_count = self.settings_count.wrapping_add(1);
        Ok(())
    }

    pub(super) fn set_advanced(&mut self, body: &[u8]) -> Result<(), u8> {
        self.advanced.set(body).ok_or(code::BAD_LENGTH)?;
        self.config.lock_n_go = Duration::from_secs(self.advanced.lock_n_go().into());
        self.config.unlatch = Duration::from_secs(self.advanced.unlatch().into());
        self.settings_count = self.settings_count.wrapping_add(1);
        Ok(())
    }

    pub(super) fn set_pin(&mut self, body: &[u8]) -> Result<(), u8> {
        self.pin = Some(SetPin::decode(body, self.config.generation).ok_or(code::BAD_PARAMETER)?.0);
        Ok(())
    }

    pub(super) fn update_time(&mut self, body: &[u8], now: DeviceTime) -> Result<(), u8> {
        let UpdateTime(time) = UpdateTime::decode(body).ok_or(code::BAD_LENGTH)?;
        self.clock_set = time.timestamp().ok_or(code::BAD_PARAMETER)? - now.wall;
        self.clock_lost = false;
        Ok(())
    }
}
