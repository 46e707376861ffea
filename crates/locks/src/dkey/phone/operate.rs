//! Unlocking, locking and what the lock tells of itself meanwhile (6.5 to 6.7).

use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::authenticate::Stage;
use super::failure;
use super::session::Notifications;
use super::{LockSession, OUTCOME_WITHIN};
use crate::dkey::frame::Frame;
use crate::dkey::message::{
    Ack, Changes, Mode, StatusReport, UnlockAnswer, change_mode, error, get_mask, id, is_command, set_mask,
    unlock,
};
use crate::failure::Failure;
use crate::lock::LockEvent;

/// Every notification there is (6.5).
const ALL: u8 = 0x7f;
/// A lock that took the command to lock and tells of no change is asked for its state after this: where the bolt was
/// thrown already there is no change to tell.
const ASK_AFTER: Duration = Duration::from_secs(3);

/// How far the one command of an operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The session is not ready for it.
    Waiting,
    /// Next to be sent.
    Queued,
    /// Given out: it may have arrived, whatever happens from here on.
    Given,
}

/// An operation without outcome.
pub(super) struct Pending {
    pub(super) operation: Operation,
    pub(super) progress: Progress,
    /// When to give up, once queued.
    give_up: Uptime,
    /// When to ask a lock that took the command for its state.
    ask: Option<Uptime>,
    /// The lock took the command.
    accepted: bool,
    /// The lock has reported a stuck mechanism since.
    stuck: bool,
}

impl Pending {
    /// Why nobody knows what became of it.
    pub(super) fn interrupted(&self) -> DoorReason {
        if self.stuck { DoorReason::Jammed } else { DoorReason::Interrupted }
    }
}

impl LockSession {
    /// Takes what the worker asks for.
    pub(super) fn operate(&mut self, operation: Operation, now: Uptime) {
        let refusal = match (&operation, &self.stage) {
            (_, Stage::Over) => Some((DoorReason::LinkLost, "the session is over")),
            (Operation::Unknown(_), _) => Some((DoorReason::Unsupported, "unknown operation")),
            _ if self.operation.is_some() => Some((DoorReason::LockError, "another operation is under way")),
            _ => None,
        };
        if let Some((reason, detail)) = refusal {
            return self.tell_outcome(operation, DoorOutcome::Refused, Some(reason), Some(detail.into()));
        }
        self.operation = Some(Pending {
            operation,
            progress: Progress::Waiting,
            give_up: now,
            ask: None,
            accepted: false,
            stuck: false,
        });
        self.advance(now);
    }

    /// Sends what is next: an operation to open before anything else, one to lock when its outcome can be heard.
    pub(super) fn advance(&mut self, now: Uptime) {
        if !matches!(self.stage, Stage::Ready) {
            return;
        }
        self.tell_ready();
        if !self.channel.is_free() {
            return;
        }
        let audible = self.notifications == Notifications::Settled;
        let command = match &mut self.operation {
            Some(pending) if pending.progress != Progress::Waiting => return,
            Some(pending) if pending.operation == Operation::Open || audible => {
                pending.progress = Progress::Queued;
                pending.give_up = now + OUTCOME_WITHIN;
                if pending.operation == Operation::Open { unlock() } else { change_mode(Mode::LOCK) }
            }
            _ if self.notifications == Notifications::NotAsked => {
                self.notifications = Notifications::Asking;
                get_mask()
            }
            _ => return,
        };
        self.channel.send(command);
    }

    /// Tells once that an operation costs one round trip: when nothing is before it on the link, or when one is asked
    /// already, which then goes as soon as it can.
    fn tell_ready(&mut self) {
        let settled = self.notifications == Notifications::Settled && self.channel.is_free();
        if !self.ready_told && (settled || self.operation.is_some()) {
            self.ready_told = true;
            self.events.push_back(LockEvent::Ready(self.description.clone()));
        }
    }

    /// Goes on without notifications where a lock that answered everything else does not answer the question for them
    /// and nothing is asked of it. False if that is not what is waited for.
    pub(super) fn settle_without_answer(&mut self, now: Uptime) -> bool {
        let asking = matches!(self.notifications, Notifications::Asking | Notifications::Setting);
        if !asking || self.operation.is_some() || self.channel.is_partial() {
            return false;
        }
        self.notifications = Notifications::Settled;
        self.channel.answered(id::GET_MASK);
        self.channel.answered(id::SET_MASK);
        self.advance(now);
        true
    }

    /// A value with this id was given out.
    pub(super) fn given_out(&mut self, id: u8) {
        if let (id::UNLOCK | id::CHANGE_MODE, Some(pending)) = (id, &mut self.operation) {
            pending.progress = Progress::Given;
        }
    }

    /// Takes a status report or a notification.
    pub(super) fn take_report(&mut self, frame: &Frame, now: Uptime) -> Result<(), Failure> {
        if frame.id == id::CHANGES {
            let changes = Changes::decode(&frame.payload).ok_or(failure::malformed(frame.id))?;
            self.channel.ack(frame.id, 0);
            self.learn(&changes);
            return Ok(());
        }
        let report = StatusReport::decode(&frame.payload).ok_or(failure::malformed(frame.id))?;
        self.channel.ack(frame.id, 0);
        if report.is_stuck() {
            self.state.jammed = true;
            self.operation.iter_mut().for_each(|pending| pending.stuck = true);
            self.events.push_back(LockEvent::State(self.state));
        } else if report.kind == StatusReport::LOCK_UNLOCK {
            self.lock_accepted(now);
        }
        Ok(())
    }

    /// Takes any other frame of a session that is ready.
    pub(super) fn take_answer(&mut self, frame: &Frame, now: Uptime) -> Result<(), Failure> {
        match frame.id {
            id::UNLOCK_ANSWER => {
                // Only the error is needed: a longer or shorter form must not make an opened door unsure.
                let error = UnlockAnswer::decode(&frame.payload).map(|answer| answer.error);
                let error = error.or(frame.payload.first().copied()).ok_or(failure::malformed(frame.id))?;
                self.unlock_answered(error);
            }
            id::ACK => self.take_ack(Ack::decode(&frame.payload).ok_or(failure::malformed(frame.id))?, now),
            id::MASK if self.notifications == Notifications::Asking => {
                self.notifications = Notifications::Setting;
                self.channel.send(set_mask(ALL));
            }
            id::SET_MASK_ANSWER => {
                let values = Changes::decode(&frame.payload).ok_or(failure::malformed(frame.id))?;
                self.notifications = Notifications::Settled;
                self.learn(&values);
            }
            id::NAME => self.channel.ack(frame.id, 0),
            command if is_command(command) => self.channel.ack(command, error::UNKNOWN_COMMAND),
            _ => {}
        }
        Ok(())
    }

    fn take_ack(&mut self, ack: Ack, now: Uptime) {
        match ack.id {
            id::GET_MASK | id::SET_MASK if ack.error != 0 => self.notifications = Notifications::Settled,
            id::UNLOCK if ack.error != 0 => self.unlock_answered(ack.error),
            id::CHANGE_MODE if ack.error == 0 => self.lock_accepted(now),
            id::CHANGE_MODE => self.refused(&Operation::Lock, ack.error),
            _ => {}
        }
    }

    fn unlock_answered(&mut self, error: u8) {
        if error != 0 {
            self.refused(&Operation::Open, error);
        } else if self.take_given(&Operation::Open).is_some() {
            self.tell_outcome(Operation::Open, DoorOutcome::Opened, None, None);
        }
    }

    fn refused(&mut self, operation: &Operation, error: u8) {
        let Some(pending) = self.take_given(operation) else { return };
        let reason = if pending.stuck { DoorReason::Jammed } else { failure::refused(error, 0).reason };
        let detail = Some(format!("the lock answers with error {error}"));
        self.tell_outcome(pending.operation, DoorOutcome::Refused, Some(reason), detail);
    }

    fn lock_accepted(&mut self, now: Uptime) {
        if let Some(pending) = given(&mut self.operation, &Operation::Lock) {
            pending.ask = (!pending.accepted).then(|| now + ASK_AFTER).or(pending.ask);
            pending.accepted = true;
            self.channel.answered(id::CHANGE_MODE);
        }
    }

    /// Takes in what the lock tells of its state. What it says of the bolt before it has the command proves nothing.
    fn learn(&mut self, values: &Changes) {
        self.state.locked = values.locked().unwrap_or(self.state.locked);
        self.state.door_open = values.door_open().unwrap_or(self.state.door_open);
        self.state.battery_percent = values.battery_percent().unwrap_or(self.state.battery_percent);
        self.events.push_back(LockEvent::State(self.state));
        if values.locked() == Some(Some(true)) && self.take_given(&Operation::Lock).is_some() {
            self.channel.answered(id::CHANGE_MODE);
            self.tell_outcome(Operation::Lock, DoorOutcome::Locked, None, None);
        }
    }

    fn take_given(&mut self, operation: &Operation) -> Option<Pending> {
        given(&mut self.operation, operation)?;
        self.operation.take()
    }

    /// The deadline of an operation that is under way.
    pub(super) fn operation_deadline(&self) -> Option<(Uptime, &'static str)> {
        let pending = self.operation.as_ref().filter(|pending| pending.progress != Progress::Waiting)?;
        let give_up = (pending.give_up, "the outcome");
        Some(pending.ask.map_or(give_up, |ask| give_up.min((ask, "news of the bolt"))))
    }

    /// Handles the timeout of an operation. False if the lock has fallen silent.
    pub(super) fn operation_timed_out(&mut self, now: Uptime) -> bool {
        let Some(pending) = given(&mut self.operation, &Operation::Lock).filter(|pending| pending.accepted)
        else {
            return false;
        };
        if now < pending.give_up {
            pending.ask = None;
            self.channel.send(set_mask(ALL));
        } else if let Some(pending) = self.operation.take() {
            let detail = Some("the lock took the command and tells of no bolt thrown".into());
            self.tell_outcome(
                pending.operation.clone(),
                DoorOutcome::Unsure,
                Some(pending.interrupted()),
                detail,
            );
        }
        true
    }

    /// What the session does now, for the log.
    pub(super) fn doing(&self) -> String {
        match self.operation.as_ref().map(|pending| (pending.progress, &pending.operation)) {
            Some((Progress::Given, operation)) => format!("waiting for the outcome of {operation}"),
            _ => format!("waiting for {}", self.stage.awaits()),
        }
    }
}

fn given<'a>(operation: &'a mut Option<Pending>, which: &Operation) -> Option<&'a mut Pending> {
    operation.as_mut().filter(|pending| pending.progress == Progress::Given && pending.operation == *which)
}
