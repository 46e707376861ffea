//! Bolt, latch, motor and battery.

use std::collections::VecDeque;

use terskel_model::{Timestamp, Uptime};

use super::LockConfig;
use crate::device::Movement;
use crate::nuki::message::{LastAction, action, completion, lock_state};

/// What stands behind the protocol.
pub(super) struct Mechanism {
    pub(super) state: u8,
    pub(super) last: LastAction,
    pub(super) trigger: u8,
    pub(super) jammed: bool,
    pub(super) calibrated: bool,
    pub(super) battery_percent: u8,
    pub(super) motion: Option<Motion>,
    pub(super) movements: Vec<Movement>,
}

/// A movement that is under way.
pub(super) struct Motion {
    /// Who asked for it.
    pub(super) authorization: u32,
    /// Their name, with the suffix they sent.
    pub(super) by: String,
    pub(super) action: u8,
    pub(super) flags: u8,
    /// States that it comes to, and when.
    pub(super) steps: VecDeque<(Uptime, u8)>,
}

impl Mechanism {
    pub(super) fn new(locked: bool, battery_percent: u8) -> Self {
        Self {
            state: if locked { lock_state::LOCKED } else { lock_state::UNLOCKED },
            last: LastAction { action: action::NONE, trigger: 0, completion: completion::SUCCESS },
            trigger: 0,
            jammed: false,
            calibrated: true,
            battery_percent,
            motion: None,
            movements: Vec::new(),
        }
    }

    /// What the lock says of its bolt.
    pub(super) fn told_state(&self) -> u8 {
        if self.calibrated { self.state } else { lock_state::UNCALIBRATED }
    }

    /// How the door is, in a word.
    pub(super) fn word(&self) -> &'static str {
        match self.state {
            lock_state::LOCKED => "locked",
            lock_state::UNLATCHED => "unlatched",
            _ => "unlocked",
        }
    }

    pub(super) fn record(&mut self, what: &str, by: &str, at: Timestamp) {
        self.movements.push(Movement { at, what: what.into(), by: by.into() });
    }

    /// A restart in the middle of a movement: the bolt is somewhere.
    pub(super) fn interrupt(&mut self) {
        if self.motion.take().is_some() {
            self.state = lock_state::UNDEFINED;
            self.last.completion = completion::UNKNOWN;
        }
    }
}

/// The states of an action, and when they come (8.3). `None` for an action that nobody may ask for.
pub(super) fn steps(action: u8, config: &LockConfig, now: Uptime) -> Option<VecDeque<(Uptime, u8)>> {
    use lock_state::{LOCK_N_GO, LOCKED, LOCKING, UNLATCHED, UNLATCHING, UNLOCKED, UNLOCKING};
    let done = now + config.motor;
    let go = done + config.lock_n_go;
    let steps = match action {
        action::UNLOCK => vec![(now, UNLOCKING), (done, UNLOCKED)],
        action::LOCK | action::FULL_LOCK => vec![(now, LOCKING), (done, LOCKED)],
        action::UNLATCH => vec![(now, UNLATCHING), (done, UNLATCHED), (done + config.unlatch, UNLOCKED)],
        action::LOCK_N_GO => {
            vec![(now, UNLOCKING), (done, LOCK_N_GO), (go, LOCKING), (go + config.motor, LOCKED)]
        }
        action::LOCK_N_GO_UNLATCH => vec![
            (now, UNLATCHING),
            (done, UNLATCHED),
            (done + config.unlatch, LOCK_N_GO),
            (go + config.unlatch, LOCKING),
            (go + config.unlatch + config.motor, LOCKED),
        ],
        _ => return None,
    };
    Some(steps.into())
}
