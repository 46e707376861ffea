//! Unlocking, unlatching, locking: what is sent, and what comes back (8.3, 12).

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::failure::{is_doubtful, reason, refusal};
use super::session::Stage;
use super::{ANSWER_WITHIN, DONE_WITHIN, LockSession};
use crate::lock::LockEvent;
use crate::nuki::message::{LastAction, LockAction, action, code, id, lock_state};

/// How far the action of an operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Not sent.
    Waiting,
    /// Next to be given out.
    Queued,
    /// Given out: it may have arrived, whatever happens from here on.
    Given,
    /// The lock took it, and its motor runs.
    Accepted,
    /// The lock says that it is done; its state must say so too.
    Completed,
}

/// An operation without outcome.
pub(super) struct Pending {
    pub(super) operation: Operation,
    pub(super) action: u8,
    pub(super) progress: Progress,
    /// What the lock said of its bolt before the action went out.
    pub(super) before: Option<(u8, Option<LastAction>)>,
    /// The lock refused the action with this; what its state says decides.
    pub(super) refusal: Option<u8>,
    pub(super) retried: bool,
    pub(super) jammed: bool,
    /// The lock has said that it moves, and not by another action: a refusal is about a copy of this one.
    pub(super) seen_moving: bool,
    /// When to ask for the states.
    pub(super) read_at: Option<Uptime>,
    /// When to give up, once it is given out.
    pub(super) give_up: Option<Uptime>,
}

impl Pending {
    pub(super) fn is_waiting(&self) -> bool {
        self.progress == Progress::Waiting
    }

    pub(super) fn is_given(&self) -> bool {
        !matches!(self.progress, Progress::Waiting | Progress::Queued)
    }

    /// Why nobody knows what became of it, after an action that may have arrived.
    pub(super) fn unsure(&self, why: Option<&DoorReason>) -> DoorReason {
        match why {
            Some(DoorReason::KeyRejected) => DoorReason::KeyRejected,
            _ if self.jammed => DoorReason::Jammed,
            _ => DoorReason::Interrupted,
        }
    }

    pub(super) fn wants_states(&self, now: Uptime) -> bool {
        self.read_at.is_some_and(|at| at <= now)
    }
}

impl LockSession {
    /// Takes what the worker asks for.
    pub(super) fn operate(&mut self, operation: Operation, now: Uptime) {
        let action = match operation {
            Operation::Open if self.credential.unlatch => action::UNLATCH,
            Operation::Open => action::UNLOCK,
            _ => action::LOCK,
        };
        let refusal = match (&operation, self.stage) {
            (_, Stage::Over) => Some((DoorReason::LinkLost, "the session is over")),
            (Operation::Unknown(_), _) => Some((DoorReason::Unsupported, "unknown operation")),
            _ if self.operation.is_some() => Some((DoorReason::LockError, "another operation is under way")),
            _ => None,
        };
        if let Some((reason, detail)) = refusal {
            return self.tell_outcome(operation, DoorOutcome::Refused, Some(reason), Some(detail.into()));
        }
        // After an outcome the state is read before anything else is asked of the lock (11.2).
        let read_at = (self.ready_told && !self.states_read && !self.is_reading()).then_some(now);
        self.operation = Some(Pending {
            operation,
            action,
            progress: Progress::Waiting,
            before: None,
            refusal: None,
            retried: false,
            jammed: false,
            seen_moving: false,
            read_at,
            give_up: None,
        });
    }

    fn is_reading(&self) -> bool {
        self.is_asked(super::next::What::States)
    }

    /// Sends the action.
    pub(super) fn act(&mut self, challenge: [u8; 32], now: Uptime) {
        let heard = self.heard;
        let Some(pending) = &mut self.operation else { return };
        pending.progress = Progress::Queued;
        pending.before = heard;
        pending.refusal = None;
        pending.read_at = Some(now + ANSWER_WITHIN);
        pending.give_up = Some(now + ANSWER_WITHIN + DONE_WITHIN);
        let name = &self.visitor.name;
        let suffix = (!name.is_empty()).then(|| name.clone());
        let sent = LockAction { action: pending.action, app_id: self.credential.app_id, flags: 0, suffix };
        self.link.send_proven(sent.encode(), challenge, None);
    }

    /// A command was given out.
    pub(super) fn given_out(&mut self, command: u16) {
        if let (id::LOCK_ACTION, Some(pending)) = (command, &mut self.operation) {
            pending.progress = Progress::Given;
        }
    }

    pub(super) fn accepted(&mut self, now: Uptime) {
        let Some(pending) = self.operation.as_mut().filter(|pending| pending.progress == Progress::Given)
        else {
            return;
        };
        self.complete_owed = false;
        pending.progress = Progress::Accepted;
        pending.refusal = None;
        pending.read_at = Some(now + DONE_WITHIN);
        pending.give_up = Some(now + DONE_WITHIN + ANSWER_WITHIN);
        let operation = pending.operation.clone();
        self.events.push_back(LockEvent::Moving(operation));
    }

    /// COMPLETE opens; a bolt is thrown only when the state says so too. Where it stood right already there may have
    /// been no ACCEPTED (8.3).
    pub(super) fn completed(&mut self) {
        let locked = self.heard.is_some_and(|(state, _)| state == lock_state::LOCKED);
        let owed = std::mem::take(&mut self.complete_owed);
        let Some(pending) = self.operation.as_mut().filter(|pending| pending.is_given()) else { return };
        let (was, opens) = (pending.progress, pending.operation == Operation::Open);
        if owed && was == Progress::Given {
            pending.read_at = Some(Uptime::default());
            return;
        }
        pending.progress = Progress::Completed;
        if opens {
            self.conclude(DoorOutcome::Opened, None, None);
        } else if locked && was == Progress::Accepted && pending.before != self.heard {
            self.conclude(DoorOutcome::Locked, None, None);
        } else {
            pending.read_at = Some(Uptime::default());
        }
    }

    /// Once the lock has taken the action, a refusal for its challenge is about a copy of it.
    pub(super) fn action_refused(&mut self, with: u8, now: Uptime) {
        let Some(pending) = self.operation.as_mut().filter(|pending| pending.is_given()) else { return };
        let taken = pending.progress != Progress::Given;
        let detail = refusal(with, id::LOCK_ACTION);
        match with {
            _ if taken && (is_doubtful(with) || with == code::BUSY) => {}
            _ if is_doubtful(with) => {
                pending.refusal = Some(with);
                pending.read_at = Some(now);
            }
            code::CANCELED if taken => {
                self.conclude(DoorOutcome::Unsure, Some(DoorReason::LockError), Some(detail));
            }
            // On its way back, perhaps: then the latch was pulled.
            code::MOTOR_BLOCKED if taken && pending.action == action::UNLATCH => {
                self.state.jammed = true;
                self.conclude(DoorOutcome::Unsure, Some(DoorReason::Jammed), Some(detail));
            }
            _ => {
                self.state.jammed |= with == code::MOTOR_BLOCKED;
                self.conclude(DoorOutcome::Refused, Some(reason(with)), Some(detail));
            }
        }
    }

    /// Gives up, or lets the states be asked for.
    pub(super) fn operation_timed_out(&mut self, now: Uptime) {
        let over = |pending: &Pending| pending.give_up.is_some_and(|at| at <= now);
        if let Some(pending) = self.operation.as_ref().filter(|pending| over(pending)) {
            if !pending.is_given() {
                self.link.clear();
                let (why, detail) = (DoorReason::LinkLost, Some("never given out".into()));
                return self.conclude(DoorOutcome::Refused, Some(why), detail);
            }
            let why = pending.unsure(None);
            self.conclude(DoorOutcome::Unsure, Some(why), Some("no outcome in time".into()));
        }
    }

    /// The states are read again before anything else is asked (11.2).
    pub(super) fn conclude(
        &mut self,
        outcome: DoorOutcome,
        reason: Option<DoorReason>,
        detail: Option<String>,
    ) {
        if let Some(pending) = self.operation.take() {
            self.states_read = false;
            self.complete_owed = pending.is_given() && pending.progress != Progress::Completed;
            self.tell_outcome(pending.operation, outcome, reason, detail);
        }
    }
}
