//! Lock actions: whether one is allowed (9), and what becomes of it (8.3).

use std::time::Duration;

use super::mechanism::{Motion, steps};
use super::{SimulatedLock, window};
use crate::device::DeviceTime;
use crate::nuki::message::{
    ErrorReport, LastAction, LockAction, Status, action, code, completion, id, kind, lock_state,
};

/// How long after an action the lock does not unlock by itself (9).
const NO_AUTO_UNLOCK_FOR: Duration = Duration::from_secs(120);

impl SimulatedLock {
    pub(super) fn act(&mut self, from: u32, command: u16, body: &[u8], now: DeviceTime) -> Result<(), u8> {
        let simple = command == id::SIMPLE_LOCK_ACTION;
        let asked = if simple { LockAction::decode_simple(body) } else { LockAction::decode(body) };
        let asked = asked.ok_or(code::BAD_LENGTH)?;
        self.allow(from, &asked, simple, now)?;
        let steps = steps(asked.action, &self.config, now.uptime).ok_or(code::BAD_PARAMETER)?;
        let time = self.told_time(now);
        if let Some(known) = self.authorization_mut(from) {
            known.lock_count = known.lock_count.saturating_add(1);
            known.last_active = time;
        }
        let name = self.name_of(from);
        let by = asked.suffix.map_or(name.clone(), |suffix| format!("{name} {suffix}"));
        let (action, flags) = (asked.action, asked.flags);
        self.mechanism.last = LastAction { action, trigger: 0, completion: completion::UNKNOWN };
        self.mechanism.motion = Some(Motion { authorization: from, by, action, flags, steps });
        self.last_action_at = Some(now.uptime);
        self.reply(from, &Status::ACCEPTED.encode(), now);
        self.run(now);
        Ok(())
    }

    /// In the order of chapter 9. Nothing here comes by a bridge.
    fn allow(&self, from: u32, asked: &LockAction, simple: bool, now: DeviceTime) -> Result<(), u8> {
        let known = self.authorization(from).ok_or(code::NOT_AUTHORIZED)?;
        let here = |limits| window::allows(limits, self.clock(now), self.settings.timezone_offset);
        let recent = self.last_action_at.is_some_and(|at| now.uptime - at < NO_AUTO_UNLOCK_FOR);
        let last = if simple { action::LOCK } else { action::FULL_LOCK };
        let refusals = [
            (!known.enabled, code::DISABLED),
            (!known.limits.as_ref().is_none_or(here), code::TIME_NOT_ALLOWED),
            (!(action::UNLOCK..=last).contains(&asked.action), code::BAD_PARAMETER),
            (!self.mechanism.calibrated, code::NOT_CALIBRATED),
            (self.mechanism.motion.is_some() || self.faults.busy, code::BUSY),
            (asked.is_auto_unlock() && recent, code::AUTO_UNLOCK_TOO_RECENT),
            (self.mechanism.battery_percent == 0, code::MOTOR_LOW_VOLTAGE),
        ];
        refusals.into_iter().find(|(refused, _)| *refused).map_or(Ok(()), |(_, code)| Err(code))
    }

    /// Takes the steps of a movement whose time has come.
    pub(super) fn run(&mut self, now: DeviceTime) {
        while let Some(motion) = &mut self.mechanism.motion {
            let Some((at, state)) = motion.steps.pop_front_if(|(at, _)| *at <= now.uptime) else { return };
            let begins = self.last_action_at == Some(at);
            match begins {
                false if self.mechanism.jammed => return self.fail(code::MOTOR_BLOCKED, now),
                false if self.faults.canceled => return self.fail(code::CANCELED, now),
                _ => self.reach(state, now),
            }
        }
    }

    fn reach(&mut self, state: u8, now: DeviceTime) {
        let Some(motion) = &self.mechanism.motion else { return };
        let (by, done) = (motion.by.clone(), motion.steps.is_empty());
        let at = self.clock(now);
        let was_open = self.mechanism.state == lock_state::UNLATCHED;
        match state {
            lock_state::LOCKED => self.mechanism.record("locked", &by, at),
            lock_state::UNLOCKED | lock_state::UNLATCHED | lock_state::LOCK_N_GO if !was_open => {
                self.mechanism.record("unlocked", &by, at);
            }
            _ => {}
        }
        self.mechanism.state = state;
        self.changed = true;
        if done {
            self.mechanism.last.completion = completion::SUCCESS;
        }
        self.push_states(now);
        if done {
            self.conclude(completion::SUCCESS, Status::COMPLETE.encode(), now);
        }
    }

    fn fail(&mut self, code: u8, now: DeviceTime) {
        let at = self.clock(now);
        let (state, completed) = match code {
            code::MOTOR_BLOCKED => (lock_state::BLOCKED, completion::MOTOR_BLOCKED),
            _ => (lock_state::UNDEFINED, completion::CANCELED),
        };
        if let (code::MOTOR_BLOCKED, Some(motion)) = (code, &self.mechanism.motion) {
            let by = motion.by.clone();
            self.mechanism.record("jammed", &by, at);
        }
        self.mechanism.state = state;
        self.mechanism.last.completion = completed;
        self.push_states(now);
        self.conclude(completed, ErrorReport { code, command: id::LOCK_ACTION }.encode(), now);
    }

    /// Writes the log, and tells whoever asked, if they are still there.
    fn conclude(&mut self, completed: u8, answer: crate::nuki::frame::Message, now: DeviceTime) {
        let Some(motion) = self.mechanism.motion.take() else { return };
        let data = [motion.action, 0, motion.flags, completed];
        let time = self.told_time(now);
        self.journal.write(time, motion.authorization, &motion.by, kind::LOCK_ACTION, &data);
        if self.peer == Some(motion.authorization) {
            self.reply(motion.authorization, &answer, now);
        }
    }
}
