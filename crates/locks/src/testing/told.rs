//! What a phone at a door is asked, and what it has told.

use std::time::Duration;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::room::{Room, RoomLock};
use crate::lock::{LockCommand, LockEvent, LockState};
use crate::session::Session;

impl<S: Session<Command = LockCommand, Event = LockEvent>, D: RoomLock> Room<S, D> {
    pub(crate) fn ask(&mut self, operation: Operation) {
        self.phone.command(LockCommand::Operate(operation), self.now);
    }

    /// Asks, and lets the lock do it.
    pub(crate) fn operate(&mut self, operation: Operation) {
        self.ask(operation);
        self.wait_for(Duration::from_secs(10));
    }

    /// Ends the session from the phone's side, if it has not ended.
    pub(crate) fn leave(&mut self) {
        self.phone.command(LockCommand::Close, self.now);
        self.wait_for(Duration::from_secs(10));
    }

    pub(crate) fn outcomes(&self) -> Vec<(DoorOutcome, Option<DoorReason>)> {
        let outcome = |event: &LockEvent| match event {
            LockEvent::Outcome { outcome, reason, .. } => Some((outcome.clone(), reason.clone())),
            _ => None,
        };
        self.events.iter().filter_map(outcome).collect()
    }

    /// The only one.
    pub(crate) fn outcome(&self) -> (DoorOutcome, Option<DoorReason>) {
        let outcomes = self.outcomes();
        assert_eq!(outcomes.len(), 1, "{:?}", self.events);
        outcomes[0].clone()
    }

    /// Why the session ended, if it has.
    pub(crate) fn ended(&self) -> Option<Option<DoorReason>> {
        let end = |event: &LockEvent| match event {
            LockEvent::Ended { reason, .. } => Some(reason.clone()),
            _ => None,
        };
        let ends: Vec<_> = self.events.iter().filter_map(end).collect();
        assert!(ends.len() <= 1, "ended more than once");
        ends.into_iter().next()
    }

    /// The last that was told.
    pub(crate) fn state(&self) -> LockState {
        let state = |event: &LockEvent| if let LockEvent::State(state) = event { Some(*state) } else { None };
        self.events.iter().rev().find_map(state).unwrap_or_default()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.events.iter().any(|event| matches!(event, LockEvent::Ready(_)))
    }
}
