//! What the phone looks at before it says that it is ready, and while it is held ready.

use terskel_model::Uptime;

use super::operate::Progress;
use super::request::Asked;
use super::session::{LockSession, Stage};
use crate::danalock::afi::{Information, PowerSource, SetUtc, State, Status};
use crate::failure::Failure;
use crate::lock::LockEvent;

/// What has been asked once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prepared {
    pub(super) state: bool,
    power: bool,
    information: bool,
    clock: bool,
}

impl LockSession {
    /// Sends what is next where nothing is under way: the operation first, then what is still to be known. Who opens
    /// without looking around first does not need the lock's description, and its clock is another visit's business.
    pub(super) fn advance(&mut self, now: Uptime) -> Result<(), Failure> {
        if self.outstanding.is_some() || !matches!(self.stage, Stage::Open(_)) {
            return Ok(());
        }
        if self.operation.is_some() {
            self.tell_ready();
        }
        match self.operation.as_ref().map(|pending| pending.progress) {
            Some(Progress::Waiting) => return self.send_operation(now),
            Some(Progress::Confirming { ask_at, .. }) if ask_at <= now => return self.request_state(now),
            Some(_) => return Ok(()),
            None => {}
        }
        if !std::mem::replace(&mut self.prepared.state, true) {
            return self.request_state(now);
        }
        if !std::mem::replace(&mut self.prepared.power, true) {
            return self.ask(Asked::Power, &PowerSource::request(), now);
        }
        if !self.ready_told && !std::mem::replace(&mut self.prepared.information, true) {
            return self.ask(Asked::Information, &Information::request(), now);
        }
        if !self.ready_told
            && !std::mem::replace(&mut self.prepared.clock, true)
            && let Some(time) = self.good_time(now).and_then(SetUtc::at)
        {
            return self.ask(Asked::Clock, &time.encode(), now);
        }
        self.tell_ready();
        Ok(())
    }

    fn tell_ready(&mut self) {
        if !std::mem::replace(&mut self.ready_told, true) {
            self.events.push_back(LockEvent::Ready(self.description.clone()));
        }
    }

    pub(super) fn request_state(&mut self, now: Uptime) -> Result<(), Failure> {
        self.prepared.state = true;
        self.ask(Asked::State, &State::request(), now)
    }

    pub(super) fn power_told(&mut self, status: Status, payload: &[u8]) {
        if status.0 == 0 {
            self.state.battery_percent = PowerSource::decode(payload).battery_percent();
            self.events.push_back(LockEvent::State(self.state));
        }
    }

    pub(super) fn described(&mut self, status: Status, payload: &[u8]) {
        let information = Information::decode(payload).filter(|_| status.0 == 0);
        self.description.unfamiliar = !information.as_ref().is_some_and(Information::is_familiar);
        if let Some(information) = information {
            self.description.firmware = information.firmware_version();
        }
    }

    /// Takes in what the lock tells of its state.
    pub(super) fn learn(&mut self, state: State) {
        self.state.locked = state.locked();
        self.state.jammed |= state.blocked;
        self.events.push_back(LockEvent::State(self.state));
    }
}
