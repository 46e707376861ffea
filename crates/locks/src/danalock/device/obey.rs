//! What a lock does when it is asked (7.3).

use ring::digest::{SHA256, digest};

use super::SimulatedLock;
use super::lock::Stage;
use super::mechanism::Run;
use crate::danalock::afi::{
    CalibrationPoint, Command, Event, Information, Operate, PowerSource, SetUtc, Setting, Settings, State,
    code,
};
use crate::device::DeviceTime;

/// At or below this the motor does not run.
const CRITICAL_PERCENT: u8 = 5;

impl SimulatedLock {
    pub(super) fn obey(&mut self, command: Command, payload: &[u8], now: DeviceTime) {
        let Stage::Open { token, .. } = self.stage else { return };
        let answer = match (token, command) {
            (_, Command::LOGIN) => Ok(self.log_in(payload, now)),
            (None, _) => Ok((code::NOT_LOGGED_IN, Vec::new())),
            (Some(token), Command::OPERATE) => self.operate(token, payload, now),
            (Some(_), Command::SET_UTC) => Ok((self.set_clock(payload, now), Vec::new())),
            (Some(_), Command::CALIBRATE) => Ok((self.calibrate(payload), Vec::new())),
            (Some(_), Command::SET_SETTING) => Ok((self.set(payload), Vec::new())),
            (Some(_), _) => Ok(self.tell(command)),
        };
        if let Ok((status, payload)) = answer {
            self.say(&command.result(status, &payload), now.uptime);
        }
    }

    fn log_in(&mut self, blob: &[u8], now: DeviceTime) -> (u8, Vec<u8>) {
        let judged = self.judge(blob, now);
        if let (Stage::Open { token, .. }, Ok(place)) = (&mut self.stage, judged) {
            *token = Some(place);
        }
        (judged.err().unwrap_or(code::OK), Vec::new())
    }

    /// Questions.
    fn tell(&self, command: Command) -> (u8, Vec<u8>) {
        match command {
            Command::GET_STATE => (code::OK, self.state().encode()),
            Command::POWER_SOURCE => {
                let [kind, level, percent] = [1, 30, u32::from(self.mechanism.battery_percent)].map(Some);
                (code::OK, PowerSource { kind, level, percent, extra: Some(59950) }.encode())
            }
            Command::INFORMATION => (code::OK, description().encode()),
            Command::GET_SETTINGS => (code::OK, self.settings.encode()),
            _ => (code::UNKNOWN_COMMAND, Vec::new()),
        }
    }

    /// `Err`: the answer comes later, if at all.
    fn operate(&mut self, token: usize, payload: &[u8], now: DeviceTime) -> Result<(u8, Vec<u8>), Later> {
        if let Some(status) = self.faults.next_status.take() {
            return Ok((status, Vec::new()));
        }
        let token = self.config.tokens.get(token).filter(|token| token.permitted);
        let action = match (token, Operate::decode(payload)) {
            (None, _) => Err(code::NOT_PERMITTED),
            (_, None) => Err(code::ARGUMENT_ERROR),
            _ if self.mechanism.run.is_some() => Err(code::BUSY),
            _ if self.mechanism.battery_percent <= CRITICAL_PERCENT => Err(code::CRITICAL_BATTERY),
            _ if !self.mechanism.calibrated => Err(code::BAD_STATE),
            (Some(token), Some(action)) => Ok((action, name(&token.blob))),
        };
        let (action, by) = match action {
            Ok(action) => action,
            Err(status) => return Ok((status, Vec::new())),
        };
        self.mechanism.run = Some(Run { action, by, done_at: now.uptime + self.config.motor });
        self.waiting = Some(Command::OPERATE);
        self.say(&Event::encode(self.state()), now.uptime);
        self.run_motor(now);
        Err(Later)
    }

    /// Ends the movement whose time has come.
    pub(super) fn run_motor(&mut self, now: DeviceTime) {
        let Some(run) = self.mechanism.run.take_if(|run| run.done_at <= now.uptime) else { return };
        let moved = self.mechanism.finish(run, now.wall);
        self.changed();
        self.answer_waiting(if moved.is_ok() { code::OK } else { code::BLOCKED }, now.uptime);
    }

    fn state(&self) -> State {
        let moving = self.mechanism.run.as_ref().map(|run| run.action);
        State::new(self.mechanism.locked, moving, self.mechanism.blocked)
    }

    fn set_clock(&mut self, payload: &[u8], now: DeviceTime) -> u8 {
        match SetUtc::decode(payload).and_then(SetUtc::time) {
            Some(time) => {
                self.clock = Some((time, now.wall));
                code::OK
            }
            None => code::INVALID_DATA,
        }
    }

    fn calibrate(&mut self, payload: &[u8]) -> u8 {
        if CalibrationPoint::decode(payload).is_none() {
            return code::ARGUMENT_ERROR;
        }
        self.mechanism.calibrated = true;
        self.changed();
        code::OK
    }

    fn set(&mut self, payload: &[u8]) -> u8 {
        let Some(Setting { tag, value }) = Setting::decode(payload) else { return code::INVALID_DATA };
        let Settings { motor_speed, auto_lock, brake_and_go_back, end_to_end } = &mut self.settings;
        let setting = match tag {
            1 => motor_speed,
            2 => auto_lock,
            3 => brake_and_go_back,
            5 => end_to_end,
            _ => return code::UNSUPPORTED_ARGUMENT,
        };
        *setting = Some(value);
        code::OK
    }
}

/// The answer comes when the motor has run.
struct Later;

/// Tells tokens apart without giving them away.
fn name(blob: &[u8]) -> String {
    let digest = digest(&SHA256, blob);
    digest.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn description() -> Information {
    Information {
        product: 3,
        hardware: [4, 1, 7],
        firmware: [1, 2, 3],
        identifier: "DanalockV3_101-025_D1_1.2.3_20990101120000".into(),
    }
}
