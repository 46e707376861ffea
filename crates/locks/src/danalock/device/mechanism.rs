//! Bolt, motor and battery.

use terskel_model::{Timestamp, Uptime};

use crate::danalock::afi::Operate;
use crate::device::Movement;

/// The motor at work.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) action: Operate,
    pub(super) by: String,
    pub(super) done_at: Uptime,
}

/// What stands behind the protocol.
pub(super) struct Mechanism {
    pub(super) locked: bool,
    pub(super) jammed: bool,
    /// The last movement was stopped by something.
    pub(super) blocked: bool,
    pub(super) calibrated: bool,
    pub(super) battery_percent: u8,
    pub(super) run: Option<Run>,
    pub(super) movements: Vec<Movement>,
}

/// The mechanism is stuck; the bolt has not moved.
pub(super) struct Stuck;

impl Mechanism {
    pub(super) fn new(locked: bool, battery_percent: u8) -> Self {
        Self {
            locked,
            jammed: false,
            blocked: false,
            calibrated: true,
            battery_percent,
            run: None,
            movements: Vec::new(),
        }
    }

    /// The motor has done what it can.
    pub(super) fn finish(&mut self, run: Run, at: Timestamp) -> Result<(), Stuck> {
        let what = match (self.jammed, run.action) {
            (true, _) => "jammed",
            (false, Operate::Lock) => "locked",
            (false, Operate::Unlock) => "unlocked",
        };
        self.movements.push(Movement { at, what: what.into(), by: run.by });
        self.blocked = self.jammed;
        if self.jammed {
            return Err(Stuck);
        }
        self.locked = run.action == Operate::Lock;
        Ok(())
    }
}
