//! Unlocking, locking, and what came of it (7.3, 7.5).

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::request::{Asked, Outstanding};
use super::session::{LockSession, Stage};
use super::{ANSWER_WITHIN, ASK_AGAIN};
use crate::danalock::afi::{Operate, State, Status, code};
use crate::failure::Failure;
use crate::lock::LockEvent;

/// How far the one command of an operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Its turn has not come.
    Waiting,
    /// Next to be sent.
    Queued,
    /// Given out: it may have arrived, whatever happens from here on.
    Given,
    /// The lock says that it is done, and is asked whether its bolt is thrown.
    Confirming { ask_at: Uptime, give_up: Uptime },
}

/// An operation without outcome.
pub(super) struct Pending {
    pub(super) operation: Operation,
    pub(super) progress: Progress,
    moving_told: bool,
}

impl LockSession {
    /// Takes what the worker asks for.
    pub(super) fn operate(&mut self, operation: Operation, now: Uptime) {
        let refusal = match (&operation, &self.stage) {
            (_, Stage::Over | Stage::Closing) => Some((DoorReason::LinkLost, "the session is over")),
            (Operation::Unknown(_), _) => Some((DoorReason::Unsupported, "unknown operation")),
            _ if self.operation.is_some() => Some((DoorReason::LockError, "another operation is under way")),
            _ => None,
        };
        if let Some((reason, detail)) = refusal {
            return self.tell_outcome(operation, DoorOutcome::Refused, Some(reason), Some(detail.into()));
        }
        self.operation = Some(Pending { operation, progress: Progress::Waiting, moving_told: false });
        self.go_on(now);
    }

    /// As [`Self::advance`], where nobody takes the failure.
    fn go_on(&mut self, now: Uptime) {
        if let Err(failure) = self.advance(now) {
            self.link.silence();
            self.end(Some(failure.reason), Some(failure.detail));
        }
    }

    pub(super) fn send_operation(&mut self, now: Uptime) -> Result<(), Failure> {
        let Some(pending) = &mut self.operation else { return Ok(()) };
        pending.progress = Progress::Queued;
        let action = if pending.operation == Operation::Lock { Operate::Lock } else { Operate::Unlock };
        self.ask(Asked::Operate, &action.encode(), now)
    }

    /// A part of the payload with this number was given out.
    pub(super) fn given_out(&mut self, number: u32) {
        let operate = |waiting: &Outstanding| waiting.asked == Asked::Operate && waiting.number == number;
        if let Some(pending) =
            self.operation.as_mut().filter(|_| self.outstanding.as_ref().is_some_and(operate))
        {
            pending.progress = Progress::Given;
        }
    }

    /// The command may have arrived.
    pub(super) fn is_given(&self) -> bool {
        self.operation.as_ref().is_some_and(|pending| pending.progress == Progress::Given)
    }

    /// Takes the result of the command.
    pub(super) fn operated(&mut self, status: Status, now: Uptime) {
        let Some(mut pending) = self.operation.take() else { return };
        self.prepared.state = false;
        if !status.is_done() {
            return self.refused(pending, status);
        }
        if pending.operation == Operation::Lock {
            pending.progress = Progress::Confirming { ask_at: now, give_up: now + ANSWER_WITHIN };
            self.operation = Some(pending);
        } else {
            self.tell_outcome(pending.operation, DoorOutcome::Opened, None, None);
        }
    }

    fn refused(&mut self, pending: Pending, status: Status) {
        self.state.jammed |= status.0 == code::BLOCKED;
        self.state.battery_critical |= status.0 == code::CRITICAL_BATTERY;
        self.events.push_back(LockEvent::State(self.state));
        let outcome = if status.may_have_moved() { DoorOutcome::Unsure } else { DoorOutcome::Refused };
        let detail = Some(format!("the lock answers {status}"));
        self.tell_outcome(pending.operation, outcome, Some(status.reason()), detail);
    }

    /// Takes an answer to the question for the lock's state.
    pub(super) fn state_told(&mut self, status: Status, payload: &[u8], now: Uptime) {
        let state = State::decode(payload).filter(|_| status.0 == 0);
        if let Some(state) = state {
            self.learn(state);
        }
        let Some(Progress::Confirming { give_up, .. }) = self.operation.as_ref().map(|p| p.progress) else {
            return;
        };
        let Some(mut pending) = self.operation.take() else { return };
        match state {
            Some(state) if state.locked() == Some(true) && !state.is_moving() => {
                self.tell_outcome(pending.operation, DoorOutcome::Locked, None, None);
            }
            Some(state) if state.is_moving() && now < give_up => {
                pending.progress = Progress::Confirming { ask_at: now + ASK_AGAIN, give_up };
                self.operation = Some(pending);
            }
            state => {
                let jammed = state.is_some_and(|state| state.blocked);
                let reason = if jammed { DoorReason::Jammed } else { DoorReason::LockError };
                let detail = Some("the lock took the command and does not say that it is locked".into());
                self.tell_outcome(pending.operation, DoorOutcome::Unsure, Some(reason), detail);
            }
        }
    }

    /// An event tells that the motor runs.
    pub(super) fn learn_moving(&mut self, state: State) {
        let Some(pending) = self.operation.as_mut().filter(|pending| pending.progress == Progress::Given)
        else {
            return;
        };
        if state.is_moving() && !std::mem::replace(&mut pending.moving_told, true) {
            self.events.push_back(LockEvent::Moving(pending.operation.clone()));
        }
    }

    /// Asks for the lock's state because time has passed.
    pub(super) fn ask_state(&mut self, now: Uptime) {
        if matches!(self.stage, Stage::Open(_)) {
            self.prepared.state = false;
            self.go_on(now);
        }
    }
}
