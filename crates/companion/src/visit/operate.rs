//! Opening and locking a door. One slide: at most one command that the lock has not refused, and for each key it was asked with
//! exactly one event, stored before the answer. There is a second key only where the lock said no to the first and has not moved.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use terskel_keys::digital_key::DigitalKey;
use terskel_locks::lock::{LockCommand, LockEvent, LockState};
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::{DispatchId, DoorId, Uptime};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use super::choice::{NoKey, is_of_the_key, key_reason};
use super::desk::DoorOrder;
use super::door::DoorKeeper;
use super::preparation::Preparation;
use super::slot::{Happened, Slot};
use super::supervise;
use crate::interface::{DoorResult, Outcome, Problem};
use crate::state::Core;
use crate::store::{Intention, Operated, Phone};

/// A slide is worth this long: no command goes out later.
const LIFE: Duration = Duration::from_secs(45);
/// Connections in which the command may be tried, as long as none of them has sent it.
const ATTEMPTS: u32 = 3;
/// So many keys are tried in one slide, as long as the lock refuses them.
const KEYS: usize = 3;
/// Longer than every limit inside a session.
const WATCHDOG: Duration = Duration::from_secs(40);

/// The worker asks for `operation` at a door of the visit.
pub(crate) async fn operate(
    core: &Core,
    dispatch: DispatchId,
    door: DoorId,
    operation: Operation,
) -> Result<Outcome, Problem> {
    core.signed_in()?;
    supervise::begun(core, dispatch).await;
    let keeper = core.visit.door(dispatch, door).ok_or(Problem::NotFound)?;
    let free = core.show(|live| {
        let door = live.doors.entry(door).or_default();
        let free = door.working.is_none();
        if free {
            door.working = Some(operation.clone());
        }
        free
    });
    if !free {
        return Err(Problem::Busy);
    }
    let (answer, result) = oneshot::channel();
    let result = match keeper.send(DoorOrder { operation, answer }).await {
        Ok(()) => result.await.unwrap_or(Err(Problem::NotFound)),
        Err(_) => Err(Problem::NotFound),
    };
    core.show(|live| {
        if let Some(door) = live.doors.get_mut(&door) {
            door.working = None;
            door.moving = false;
        }
    });
    Ok(Outcome::Door { result: result? })
}

/// How one try of the command ended.
enum Tried {
    /// The session told an outcome.
    Told(DoorOutcome, Option<DoorReason>),
    /// The session did not take the command.
    NotTaken,
    /// The session took it and ended without a word.
    Silent,
}

/// One slide: every key that is tried for it shares its time.
struct Slide {
    end: Instant,
    begun: Uptime,
    /// The lock has said that it moves: from then on nothing is tried again.
    moved: bool,
    state: Option<LockState>,
}

impl DoorKeeper {
    /// Does it, and stores what came of it. Where the lock refuses the key, with the next one: each key has its event.
    pub(super) async fn perform(&mut self, operation: Operation) -> Result<DoorResult, Problem> {
        let (phone, session) = self.core.signed_in()?;
        self.preparation = Preparation::new();
        let (end, begun) = (Instant::now() + LIFE, self.core.world.uptime());
        let mut slide = Slide { end, begun, moved: false, state: None };
        let (mut tried, mut choice) = (Vec::new(), self.choose(&operation, &[]));
        let operated = loop {
            let intention = Intention {
                dispatch: self.dispatch,
                door: self.door,
                operation: operation.clone(),
                key: choice.as_ref().map_or_else(|none| none.key, |key| Some(key.claims().id)),
                worker: session.worker,
                at: self.core.clock.now(),
            };
            let operated = self.ask_with(&choice, &intention, &phone, &mut slide).await?;
            tried.extend(intention.key);
            match self.choose(&operation, &tried) {
                Ok(next) if tried.len() < KEYS && is_refusal(&operated) && !slide.is_over() => {
                    choice = Ok(next)
                }
                _ => break operated,
            }
        };
        self.core.refresh().await?;
        if let Some(state) = slide.state {
            self.note(state).await;
        }
        self.look_again = operated.outcome == DoorOutcome::Unsure;
        self.log_due |= matches!(operated.outcome, DoorOutcome::Opened | DoorOutcome::Locked);
        Ok(DoorResult {
            operation: operation.as_str().to_owned(),
            outcome: operated.outcome.as_str().to_owned(),
            reason: operated.reason.map(|r| r.as_str().to_owned()),
            at: operated.at,
        })
    }

    /// Asks with this key, and stores what came of it.
    async fn ask_with(
        &mut self,
        choice: &Result<DigitalKey, NoKey>,
        intention: &Intention,
        phone: &Phone,
        slide: &mut Slide,
    ) -> Result<Operated, Problem> {
        let mut row = None;
        let (outcome, reason) = match choice {
            Ok(key) => self.attempt(key, intention, &mut row, slide).await?,
            Err(none) => (DoorOutcome::Refused, Some(none.reason.clone())),
        };
        let core = &self.core;
        let operated = Operated { outcome, reason, at: core.clock.now() };
        core.store.finish_operation(row, intention, &operated, phone, &core.clock).await?;
        if let Ok(key) = choice {
            core.refused.learn(key.claims().id, operated.reason.as_ref());
        }
        if matches!(
            operated.reason,
            Some(DoorReason::KeyRejected | DoorReason::KeyExpired | DoorReason::LockNotNow)
        ) {
            core.keys_to_change.store(true, Ordering::Relaxed);
        }
        core.outbox.notify_one();
        Ok(operated)
    }

    /// Tries until the command has gone out, once. An error: nothing was sent, because it could not be written down.
    async fn attempt(
        &mut self,
        key: &DigitalKey,
        intention: &Intention,
        row: &mut Option<i64>,
        slide: &mut Slide,
    ) -> Result<(DoorOutcome, Option<DoorReason>), Problem> {
        let mut last = DoorReason::NoAnswer;
        for _ in 0..ATTEMPTS {
            let core = Arc::clone(&self.core);
            // Written down while the lock is reached: the command is the first thing that goes out on the link.
            let written = async {
                if row.is_none() {
                    *row = Some(core.store.intend_operation(intention).await?);
                }
                Ok::<_, Problem>(())
            };
            let (reached, written) = tokio::join!(self.reach_lock(key, slide.end), written);
            written?;
            if let Err(reason) = reached {
                return Ok((DoorOutcome::Refused, Some(reason)));
            }
            // A phone that slept meanwhile: the key may have run out, the worker may have gone.
            if let Err(error) = key.check(self.lock.id, &intention.operation, self.core.clock.now()) {
                return Ok((DoorOutcome::Refused, Some(key_reason(&error))));
            }
            if self.core.world.uptime() - slide.begun >= LIFE {
                break;
            }
            // Taken away while the phone was connecting.
            if self.is_gone(key.claims().id) {
                self.slot = Slot::Empty;
                self.ready = false;
                return Ok((DoorOutcome::Refused, Some(DoorReason::KeyWithdrawn)));
            }
            let tried = self.command(&intention.operation, slide).await;
            match tried {
                Tried::Told(DoorOutcome::Refused, Some(reason)) if worth_another_try(&reason) => {
                    last = reason
                }
                Tried::Told(outcome, reason) => return Ok((outcome, reason)),
                Tried::NotTaken => last = DoorReason::LinkLost,
                Tried::Silent => return Ok((DoorOutcome::Unsure, Some(DoorReason::Interrupted))),
            }
            self.slot = Slot::Empty;
            self.ready = false;
        }
        Ok((DoorOutcome::Refused, Some(last)))
    }

    /// Gives the command to the open session and waits for its outcome.
    async fn command(&mut self, operation: &Operation, slide: &mut Slide) -> Tried {
        if !self.slot.send(LockCommand::Operate(operation.clone())) {
            return Tried::NotTaken;
        }
        let heard = timeout(WATCHDOG, async {
            loop {
                match self.slot.next().await {
                    Happened::Event(LockEvent::Outcome { outcome, reason, detail, .. }) => {
                        tracing::info!(%outcome, ?reason, ?detail, "the lock's outcome");
                        return Tried::Told(outcome, reason);
                    }
                    Happened::Event(event) => self.hear_meanwhile(&event, slide),
                    Happened::Connected => {}
                    Happened::Failed(_) | Happened::Over => return Tried::Silent,
                }
            }
        })
        .await;
        heard.unwrap_or_else(|_| {
            tracing::error!("the session gave no outcome");
            self.slot = Slot::Empty;
            Tried::Silent
        })
    }

    fn hear_meanwhile(&mut self, event: &LockEvent, slide: &mut Slide) {
        self.care.learn(event);
        match event {
            LockEvent::State(told) => slide.state = Some(*told),
            LockEvent::Ready(_) => {
                self.ready = true;
                self.show_reach();
            }
            LockEvent::Moving(_) => {
                slide.moved = true;
                self.core.show(|live| live.doors.entry(self.door).or_default().moving = true);
            }
            _ => {}
        }
    }
}

impl Slide {
    /// Nothing more goes out for it.
    fn is_over(&self) -> bool {
        self.moved || Instant::now() >= self.end
    }
}

/// The lock has refused this key, or there was none to ask it with: the bolt has not moved, and another key may do better.
fn is_refusal(operated: &Operated) -> bool {
    operated.outcome == DoorOutcome::Refused && operated.reason.as_ref().is_some_and(is_of_the_key)
}

/// The command was not sent, and another connection may do better.
fn worth_another_try(reason: &DoorReason) -> bool {
    matches!(reason, DoorReason::LinkLost | DoorReason::NoAnswer)
}
