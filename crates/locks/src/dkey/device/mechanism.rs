//! Bolt, motor and battery.

use terskel_model::Timestamp;

use crate::device::Movement;
use crate::dkey::message::kind;

/// What stands behind the protocol.
pub(super) struct Mechanism {
    /// Notification type 2: 0 unlocked, 1 locked, 2 locked with the dead bolt out.
    status: u8,
    pub(super) jammed: bool,
    pub(super) battery_percent: u8,
    pub(super) movements: Vec<Movement>,
}

/// The mechanism is stuck; the bolt has not moved.
pub(super) struct Stuck;

impl Mechanism {
    pub(super) fn new(locked: bool, battery_percent: u8) -> Self {
        Self { status: u8::from(locked), jammed: false, battery_percent, movements: Vec::new() }
    }

    pub(super) fn is_locked(&self) -> bool {
        self.status != 0
    }

    /// Runs the motor.
    pub(super) fn throw(&mut self, lock: bool, by: String, at: Timestamp) -> Result<(), Stuck> {
        let what = match (self.jammed, lock) {
            (true, _) => "jammed",
            (false, true) => "locked",
            (false, false) => "unlocked",
        };
        self.movements.push(Movement { at, what: what.into(), by });
        if self.jammed {
            return Err(Stuck);
        }
        self.status = if lock { 2 } else { 0 };
        Ok(())
    }

    /// All notifications in order of type: battery, door closed, bolt, mode locked, away off, shell off, SHB off.
    pub(super) fn values(&self) -> [(u8, u8); 7] {
        [
            (kind::BATTERY, self.battery()),
            (kind::DOOR_POSITION, 0),
            (kind::UNLOCK_STATUS, self.status),
            (kind::UNLOCK_MODE, 1),
            (kind::AWAY_MODE, 2),
            (kind::SHELL_PROTECTION, 2),
            (kind::SHB_DELAYED_UNLOCK, 0),
        ]
    }

    /// The raw value that phones read as the nearest step not above the percentage.
    fn battery(&self) -> u8 {
        match self.battery_percent {
            0 => 0,
            1..=4 => 17,
            5..=24 => 18,
            25..=49 => 20,
            50..=74 => 23,
            75..=99 => 25,
            _ => 29,
        }
    }
}
