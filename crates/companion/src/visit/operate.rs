//! Opening and locking a door. One slide: at most one command to the lock, exactly one event, stored before the answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use terskel_keys::KeyError;
use terskel_keys::digital_key::DigitalKey;
use terskel_locks::lock::{LockCommand, LockEvent, LockState};
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::{DispatchId, DoorId};
use terskel_radio::{AdapterState, RadioError};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};

use super::desk::DoorOrder;
use super::door::DoorKeeper;
use super::preparation::Preparation;
use super::scan::Seen;
use super::slot::{Happened, Slot};
use super::supervise;
use crate::interface::{DoorResult, Outcome, Problem};
use crate::state::Core;
use crate::store::{Intention, Operated};

/// How long a lock is looked for: longer than another phone may hold it ready.
pub(super) const FIND_WITHIN: Duration = Duration::from_secs(25);
/// A radio that has just been started needs a moment.
const ADAPTER_WITHIN: Duration = Duration::from_secs(2);
/// A slide is worth this long: no command goes out later.
const LIFE: Duration = Duration::from_secs(45);
/// Connections in which the command may be tried, as long as none of them has sent it.
const ATTEMPTS: u32 = 3;
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

impl DoorKeeper {
    /// Does it, and stores what came of it.
    pub(super) async fn perform(&mut self, operation: Operation) -> Result<DoorResult, Problem> {
        let (phone, session) = self.core.signed_in()?;
        let key = self.key();
        let intention = Intention {
            dispatch: self.dispatch,
            door: self.door,
            operation,
            key: key.as_ref().map(|k| k.claims().id),
            worker: session.worker,
            at: self.core.clock.now(),
        };
        self.preparation = Preparation::new();
        let (mut row, mut state) = (None, None);
        let allowed = match key {
            None if self.key_lost() => Err(DoorReason::KeyWithdrawn),
            None if self.core.withheld.has(self.lock.id) => Err(DoorReason::VendorSilent),
            None => Err(DoorReason::NoKey),
            Some(_) if self.key_used() && intention.operation == Operation::Open => Err(DoorReason::KeyUsed),
            Some(key) => key
                .check(self.lock.id, &intention.operation, self.core.clock.now())
                .map_err(|error| key_reason(&error))
                .map(|()| key),
        };
        let (outcome, reason) = match allowed {
            Ok(key) => self.attempt(&key, &intention, &mut row, &mut state).await?,
            Err(reason) => (DoorOutcome::Refused, Some(reason)),
        };
        let operated = Operated { outcome, reason, at: self.core.clock.now() };
        self.core.store.finish_operation(row, &intention, &operated, &phone, &self.core.clock).await?;
        if matches!(
            operated.reason,
            Some(DoorReason::KeyRejected | DoorReason::KeyExpired | DoorReason::LockNotNow)
        ) {
            self.core.keys_to_change.store(true, Ordering::Relaxed);
        }
        self.core.outbox.notify_one();
        self.core.refresh().await?;
        if let Some(state) = state {
            self.note(state).await;
        }
        self.look_again = operated.outcome == DoorOutcome::Unsure;
        self.log_due |= matches!(operated.outcome, DoorOutcome::Opened | DoorOutcome::Locked);
        Ok(DoorResult {
            operation: intention.operation.as_str().to_owned(),
            outcome: operated.outcome.as_str().to_owned(),
            reason: operated.reason.map(|r| r.as_str().to_owned()),
            at: operated.at,
        })
    }

    /// Tries until the command has gone out, once. An error: nothing was sent, because it could not be written down.
    async fn attempt(
        &mut self,
        key: &DigitalKey,
        intention: &Intention,
        row: &mut Option<i64>,
        state: &mut Option<LockState>,
    ) -> Result<(DoorOutcome, Option<DoorReason>), Problem> {
        let (end, begun) = (Instant::now() + LIFE, self.core.world.uptime());
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
            let (reached, written) = tokio::join!(self.reach_lock(end), written);
            written?;
            if let Err(reason) = reached {
                return Ok((DoorOutcome::Refused, Some(reason)));
            }
            // A phone that slept meanwhile: the key may have run out, the worker may have gone.
            if let Err(error) = key.check(self.lock.id, &intention.operation, self.core.clock.now()) {
                return Ok((DoorOutcome::Refused, Some(key_reason(&error))));
            }
            if self.core.world.uptime() - begun >= LIFE {
                break;
            }
            // Taken away while the phone was connecting.
            if self.key().is_none_or(|now| now.claims().id != key.claims().id) && self.key_lost() {
                self.slot = Slot::Empty;
                self.ready = false;
                return Ok((DoorOutcome::Refused, Some(DoorReason::KeyWithdrawn)));
            }
            let tried = self.command(&intention.operation, state).await;
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
    async fn command(&mut self, operation: &Operation, state: &mut Option<LockState>) -> Tried {
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
                    Happened::Event(event) => self.hear_meanwhile(&event, state),
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

    fn hear_meanwhile(&mut self, event: &LockEvent, state: &mut Option<LockState>) {
        self.care.learn(event);
        match event {
            LockEvent::State(told) => *state = Some(*told),
            LockEvent::Ready(_) => {
                self.ready = true;
                self.show_reach();
            }
            LockEvent::Moving(_) => self.core.show(|live| {
                live.doors.entry(self.door).or_default().moving = true;
            }),
            _ => {}
        }
    }

    /// Until a session is open: the one that was prepared, or a new one.
    async fn reach_lock(&mut self, end: Instant) -> Result<(), DoorReason> {
        let (mut failed, mut begun) = (0, Instant::now());
        loop {
            self.show_reach();
            if self.slot.is_connected() {
                self.close_at = None;
                return Ok(());
            }
            if self.slot.is_empty() {
                let seen = self.find().await?;
                begun = Instant::now();
                self.connect(&seen)?;
                continue;
            }
            if let Happened::Failed(error) = self.slot.next().await {
                failed += 1;
                tracing::info!(%error, "no connection to the lock");
                let hopeless = matches!(error, RadioError::Off | RadioError::Absent | RadioError::Missing(_));
                if failed > 1 || Instant::now() >= end || hopeless || !self.is_heard_again(begun, end).await {
                    return Err(self.radio_reason(&error));
                }
            }
        }
    }

    /// Whether the lock is there: one that has changed its address is heard under the new one, and one that another phone
    /// holds is heard when that phone lets go.
    async fn is_heard_again(&mut self, since: Instant, end: Instant) -> bool {
        let patience = end.min(since + FIND_WITHIN);
        let heard = |seen: &Option<Seen>| seen.as_ref().is_some_and(|seen| seen.at > since);
        matches!(timeout_at(patience, self.seen.wait_for(heard)).await, Ok(Ok(_)))
    }

    /// Where the lock is; looks for it if it was not heard yet.
    async fn find(&mut self) -> Result<Seen, DoorReason> {
        let mut adapter = self.core.radio.state();
        let on = timeout(ADAPTER_WITHIN, adapter.wait_for(|s| *s == AdapterState::On)).await.is_ok();
        if !on {
            return Err(adapter_reason(*adapter.borrow()).unwrap_or(DoorReason::BluetoothGone));
        }
        // Heard a while ago is heard: whether it is still there shows when it is connected to.
        let heard = timeout(FIND_WITHIN, self.seen.wait_for(Option::is_some)).await;
        match heard {
            Ok(Ok(seen)) => seen.clone().ok_or(DoorReason::NotFound),
            Ok(Err(_)) | Err(_) => Err(adapter_reason(*adapter.borrow()).unwrap_or(DoorReason::NotFound)),
        }
    }

    fn radio_reason(&self, error: &RadioError) -> DoorReason {
        match error {
            RadioError::Off => DoorReason::BluetoothOff,
            RadioError::Absent => DoorReason::BluetoothGone,
            RadioError::Missing(_) => DoorReason::WrongDevice,
            RadioError::Timeout(..) | RadioError::LinkLost | RadioError::Failed(_) => {
                let near = self.seen.borrow().as_ref().is_some_and(Seen::is_fresh);
                if near { DoorReason::NoAnswer } else { DoorReason::NotFound }
            }
        }
    }
}

/// The command was not sent, and another connection may do better.
fn worth_another_try(reason: &DoorReason) -> bool {
    matches!(reason, DoorReason::LinkLost | DoorReason::NoAnswer)
}

pub(super) fn adapter_reason(state: AdapterState) -> Option<DoorReason> {
    match state {
        AdapterState::On => None,
        AdapterState::Off => Some(DoorReason::BluetoothOff),
        AdapterState::Absent => Some(DoorReason::BluetoothGone),
    }
}

fn key_reason(error: &KeyError) -> DoorReason {
    match error {
        KeyError::Expired | KeyError::NotYetValid => DoorReason::KeyExpired,
        _ => DoorReason::NoKey,
    }
}
