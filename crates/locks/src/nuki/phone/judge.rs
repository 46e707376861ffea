//! What the lock's states say of an operation that was given out (12 rule 1).

use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::LockSession;
use super::act::{Pending, Progress};
use crate::lock::LockEvent;
use crate::nuki::message::{LastAction, States, action, completion, lock_state};

/// Between two looks at a bolt that moves.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(3);

/// What the states say.
enum Verdict {
    /// The bolt is where it was to be.
    Done,
    /// It moves, and by this action: wait.
    Moves,
    /// It moves, by whom is not known: wait.
    Wait,
    /// Refused, and nothing happened: once more with a new challenge.
    Again,
    Refused(DoorReason),
    Unsure(DoorReason),
}

impl LockSession {
    /// Takes states into account, asked for or pushed.
    pub(super) fn judge(&mut self, states: &States, asked: bool, now: Uptime) {
        let Some(pending) = &mut self.operation else { return };
        if pending.is_waiting() {
            return;
        }
        pending.jammed |= states.lock_state == lock_state::BLOCKED && pending.is_given();
        pending.seen_moving |=
            pending.is_given() && states.is_moving() && pending.is_ours(states) != Some(false);
        let opened = pending.operation == Operation::Open
            && pending.progress == Progress::Accepted
            && pending.reached(states)
            && pending.is_ours(states) != Some(false);
        if opened {
            return self.conclude(DoorOutcome::Opened, None, None);
        }
        if asked && pending.is_given() {
            let verdict = pending.verdict(states);
            self.follow(verdict, now);
        }
    }

    fn follow(&mut self, verdict: Verdict, now: Uptime) {
        let Some(pending) = &mut self.operation else { return };
        let detail = |text: &str| Some(text.to_owned());
        match verdict {
            Verdict::Done => {
                let outcome = match pending.operation {
                    Operation::Open => DoorOutcome::Opened,
                    _ => DoorOutcome::Locked,
                };
                self.conclude(outcome, None, detail("by the lock's state"));
            }
            Verdict::Wait => pending.read_at = Some(now + LOOK_AGAIN_AFTER),
            Verdict::Moves => {
                pending.read_at = Some(now + LOOK_AGAIN_AFTER);
                if pending.progress == Progress::Given {
                    pending.progress = Progress::Accepted;
                    pending.refusal = None;
                    let operation = pending.operation.clone();
                    self.events.push_back(LockEvent::Moving(operation));
                }
            }
            Verdict::Again => {
                pending.retried = true;
                pending.progress = Progress::Waiting;
                pending.read_at = None;
                pending.give_up = None;
                self.challenge = None;
            }
            Verdict::Refused(why) => self.conclude(DoorOutcome::Refused, Some(why), detail("refused twice")),
            Verdict::Unsure(why) => {
                self.conclude(DoorOutcome::Unsure, Some(why), detail("the lock's state does not say so"));
            }
        }
    }
}

impl Pending {
    /// Is the bolt where it was to be?
    fn reached(&self, states: &States) -> bool {
        match (states.lock_state, self.action) {
            (lock_state::LOCKED, action::LOCK)
            | (lock_state::UNLATCHED, action::UNLATCH | action::UNLOCK)
            | (lock_state::UNLOCKED | lock_state::LOCK_N_GO, action::UNLOCK) => true,
            (lock_state::UNLOCKED, action::UNLATCH) => self.was_pulled(states),
            _ => false,
        }
    }

    /// The latch is back: it was pulled for this action, and not for one before, only where the lock took this one, or
    /// says something else than it did before, when all of it was at rest.
    fn was_pulled(&self, states: &States) -> bool {
        let taken = matches!(self.progress, Progress::Accepted | Progress::Completed) || self.seen_moving;
        let rested = |(state, _)| matches!(state, lock_state::LOCKED | lock_state::UNLOCKED);
        let news = self.before.is_some_and(rested) && !self.is_unchanged(states);
        let pulled =
            |last: LastAction| last.action == action::UNLATCH && last.completion == completion::SUCCESS;
        (taken || news) && states.last.is_some_and(pulled)
    }

    /// Was it what this phone asked for that the lock was last told? `None`: old firmware does not say.
    fn is_ours(&self, states: &States) -> Option<bool> {
        states.last.map(|last| last.action == self.action && last.trigger == 0)
    }

    /// The latch was last pulled by this phone too: pulled once more, the lock would say the same as before. What can't be
    /// told is not done again.
    fn leaves_no_trace(&self) -> bool {
        let same = |last: LastAction| last.action == action::UNLATCH && last.trigger == 0;
        self.action == action::UNLATCH && self.before.is_some_and(|(_, last)| last.is_some_and(same))
    }

    /// What the lock says now is what it said before the action went out.
    fn is_unchanged(&self, states: &States) -> bool {
        self.before == Some((states.lock_state, states.last))
    }

    fn verdict(&self, states: &States) -> Verdict {
        let ours = self.is_ours(states);
        let reached = self.reached(states);
        match self.refusal {
            _ if states.is_moving() && ours != Some(false) => Verdict::Moves,
            Some(_) if states.is_moving() => Verdict::Refused(DoorReason::LockBusy),
            None if states.is_moving() => Verdict::Wait,
            // The lock has said COMPLETE: its state is all that is missing.
            None if self.progress == Progress::Completed && reached => Verdict::Done,
            None if reached && ours != Some(false) => Verdict::Done,
            None => Verdict::Unsure(self.unsure(None)),
            Some(_) if self.seen_moving || (!self.is_unchanged(states) && ours == Some(true)) => {
                match reached {
                    true => Verdict::Done,
                    false => Verdict::Unsure(self.unsure(None)),
                }
            }
            Some(_) if self.leaves_no_trace() => Verdict::Unsure(self.unsure(None)),
            Some(_) if self.retried => Verdict::Refused(DoorReason::LockError),
            Some(_) => Verdict::Again,
        }
    }
}
