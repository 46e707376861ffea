//! What the lock answers, and what it tells unasked.

use terskel_model::Uptime;
use terskel_model::door::DoorReason;
use uuid::Uuid;

use super::LockSession;
use super::failure::{self, is_doubtful};
use super::link::Heard;
use super::next::What;
use crate::failure::Failure;
use crate::lock::LockEvent;
use crate::nuki::frame::Message;
use crate::nuki::message::{Config, ErrorReport, LoggedEntry, States, Status, code, fixed, id, lock_state};

/// How often in a session a request is repeated that was refused for its challenge; actions have a rule of their own.
const MOST_DOUBTS: u8 = 3;

impl LockSession {
    pub(super) fn take(&mut self, characteristic: Uuid, value: &[u8], now: Uptime) {
        match self.link.receive(characteristic, value, now) {
            Ok(None) => {}
            Ok(Some(Heard::Sealed(message))) => self.take_message(&message, now),
            Ok(Some(Heard::Clear(report))) if report.code == code::NOT_AUTHORIZED => {
                self.fail(failure::refused(report.code, report.command));
            }
            Ok(Some(Heard::Clear(_))) => {}
            // The action may have been executed: its outcome, or a state, may still come.
            Err(_) if self.operation.as_ref().is_some_and(|pending| pending.is_given()) => {}
            Err(error) => self.fail(Failure::new(DoorReason::LinkLost, error.to_string())),
        }
    }

    fn take_message(&mut self, message: &Message, now: Uptime) {
        let body = &message.payload;
        match message.command {
            id::CHALLENGE => match fixed(body) {
                Some(nonce) => {
                    self.challenge = Some((nonce, now));
                    self.answered(What::Challenge);
                }
                None => self.unreadable(message.command),
            },
            id::STATES => self.take_states(body, now),
            id::STATUS => match Status::decode(body) {
                Some(status) => self.take_status(status, now),
                None => self.unreadable(message.command),
            },
            id::CONFIG if self.answered(What::Config).is_some() => self.take_config(body),
            id::LOG_ENTRY if self.is_asked(What::Log) => {
                LoggedEntry::decode(body).iter().for_each(|entry| self.take_log_entry(entry));
                // Entries take their time one by one; each is an answer.
                self.asked.iter_mut().for_each(|asked| asked.by = now + super::ANSWER_WITHIN);
            }
            id::ENTRY if self.is_asked(What::Entries(id::REQUEST_ENTRIES)) => {
                self.take_entry(body);
                self.asked.iter_mut().for_each(|asked| asked.by = now + super::ANSWER_WITHIN);
            }
            id::INVITED if self.answered(What::Entries(id::INVITE)).is_some() => self.entry_invited(body),
            id::ERROR_REPORT => match ErrorReport::decode(body) {
                Some(report) => self.take_error(report, now),
                None => self.unreadable(message.command),
            },
            _ => {}
        }
    }

    /// Too short for what it should be: by a protocol that this driver does not know. What waits for it times out.
    fn unreadable(&mut self, command: u16) {
        self.description.unfamiliar = true;
        if self.operation.is_none() {
            self.fail(Failure::new(DoorReason::Unsupported, format!("0x{command:04x} is malformed")));
        }
    }

    pub(super) fn is_asked(&self, what: What) -> bool {
        self.asked.is_some_and(|asked| asked.what == what)
    }

    /// Ends the wait for this, and tells since when it lasted.
    fn answered(&mut self, what: What) -> Option<Uptime> {
        self.asked.take_if(|asked| asked.what == what).map(|asked| asked.at)
    }

    fn take_status(&mut self, status: Status, now: Uptime) {
        match status {
            Status::COMPLETE if self.answered(What::Time).is_some() => self.time_set(),
            Status::COMPLETE if self.answered(What::Log).is_some() => self.log_page_done(),
            Status::COMPLETE if self.completed_entry() => self.entry_completed(),
            Status::COMPLETE => self.completed(),
            Status::ACCEPTED => self.accepted(now),
            _ => self.description.unfamiliar = true,
        }
    }

    /// Ends the wait for a command about the list that COMPLETE answers.
    fn completed_entry(&mut self) -> bool {
        [id::REQUEST_ENTRIES, id::UPDATE_ENTRY, id::REMOVE_ENTRY]
            .into_iter()
            .any(|command| self.answered(What::Entries(command)).is_some())
    }

    fn take_config(&mut self, body: &[u8]) {
        self.config_read = true;
        let Some(config) = Config::decode(body) else {
            self.description.unfamiliar = true;
            return;
        };
        if config.nuki_id != self.expected {
            let detail = format!("this is lock {:08X}", config.nuki_id);
            return self.fail(Failure::new(DoorReason::WrongDevice, detail));
        }
        self.description.firmware = config.firmware();
        self.description.name = config.name;
    }

    /// An error that names another command is about a copy of an earlier request.
    fn take_error(&mut self, report: ErrorReport, now: Uptime) {
        if let Some(asked) = self.asked.filter(|asked| [0, asked.what.command()].contains(&report.command)) {
            self.asked = None;
            if is_doubtful(report.code) && self.doubts < MOST_DOUBTS {
                // Nothing that is asked here does harm if it is asked twice: once more, with a new challenge.
                self.doubts += 1;
                self.challenge = None;
                return;
            }
            return match asked.what {
                What::States | What::Challenge => {
                    self.fail(failure::refused(report.code, report.command));
                }
                What::Config => self.config_read = true,
                What::Time => self.time_refused(),
                What::Log => self.log_refused(),
                What::Entries(_) => self.end_entries(),
            };
        }
        if [0, id::LOCK_ACTION].contains(&report.command) {
            self.action_refused(report.code, now);
        }
    }

    fn take_states(&mut self, body: &[u8], now: Uptime) {
        let asked_at = self.answered(What::States);
        self.states_read |= asked_at.is_some();
        let Some(states) = States::decode(body) else {
            self.description.unfamiliar = true;
            return;
        };
        if self.runs_backwards(&states) {
            if asked_at.is_some() {
                self.fail(Failure::new(DoorReason::LockError, "the lock's time runs backwards"));
            }
            return;
        }
        self.learn(&states);
        if let Some(asked_at) = asked_at {
            self.measure(&states, asked_at, now);
        }
        self.judge(&states, asked_at.is_some(), now);
        self.heard = Some((states.lock_state, states.last));
    }

    fn learn(&mut self, states: &States) {
        self.description.unfamiliar |= states.is_unfamiliar();
        self.state.locked = states.locked();
        self.state.door_open = states.door_open();
        self.state.battery_percent = states.battery_percent().or(self.state.battery_percent);
        self.state.battery_critical = states.battery_critical();
        self.state.jammed |= states.lock_state == lock_state::BLOCKED;
        self.state.calibrated = match states.lock_state {
            lock_state::UNCALIBRATED => Some(false),
            lock_state::LOCKED..=lock_state::UNLATCHING => Some(true),
            _ => self.state.calibrated,
        };
        self.events.push_back(LockEvent::State(self.state));
    }
}
