//! Keeps one lock: watches how near it is, holds it ready when it is next, and does what the worker asks.

use std::sync::Arc;
use std::time::Duration;

use terskel_api::dispatch::Lock;
use terskel_keys::digital_key::DigitalKey;
use terskel_locks::family::{Eavesdropper, Visitor};
use terskel_locks::lock::{LockCommand, LockEvent};
use terskel_model::door::DoorReason;
use terskel_model::{DispatchId, DoorId, KeyId};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::care::CareBook;
use super::desk::DoorOrder;
use super::family;
use super::preparation::Preparation;
use super::scan::Seen;
use super::slot::Slot;
use crate::interface::Reach;
use crate::state::Core;
use crate::store::{DoorFacts, Snapshot};

/// No longer than this from the connection on, whatever the family allows: another worker who slides meanwhile must find
/// the lock free before their phone gives up looking for it.
pub(super) const HOLD_MOST: Duration = Duration::from_secs(20);
/// How long a session that is not needed any more stays open for what the lock still has to tell.
pub(super) const LINGER: Duration = Duration::from_secs(3);
/// For the lock's log to come home.
const LOG_WITHIN: Duration = Duration::from_secs(15);

pub(super) struct DoorKeeper {
    pub(super) core: Arc<Core>,
    pub(super) dispatch: DispatchId,
    pub(super) door: DoorId,
    pub(super) lock: Lock,
    pub(super) seen: watch::Receiver<Option<Seen>>,
    pub(super) slot: Slot<LockCommand, LockEvent>,
    /// With which digital key the session in the slot was begun.
    pub(super) by: Option<KeyId>,
    /// The session in the slot has authenticated.
    pub(super) ready: bool,
    /// Nobody knows where the bolt is: connect once more, only to read it.
    pub(super) look_again: bool,
    pub(super) preparation: Preparation,
    /// When to close a session that is not needed.
    pub(super) close_at: Option<Instant>,
    /// How long the family lets a session be held.
    pub(super) hold: Duration,
    /// What the lock tells of its health.
    pub(super) care: CareBook,
    /// Reads the lock's state out of its advertisements.
    pub(super) ear: Option<Box<dyn Eavesdropper>>,
    /// With the secret of which digital key.
    pub(super) ear_by: Option<KeyId>,
    /// The lock's log is to be read, from the entry after this one.
    pub(super) log_due: bool,
    pub(super) log_after: u32,
    orders: mpsc::Receiver<DoorOrder>,
}

impl DoorKeeper {
    pub(super) fn new(
        core: Arc<Core>,
        dispatch: DispatchId,
        door: DoorId,
        lock: Lock,
        seen: watch::Receiver<Option<Seen>>,
        orders: mpsc::Receiver<DoorOrder>,
    ) -> Self {
        Self {
            core,
            dispatch,
            door,
            care: CareBook::new(lock.id),
            ear: None,
            ear_by: None,
            log_due: false,
            log_after: lock.log_after,
            lock,
            seen,
            slot: Slot::Empty,
            by: None,
            ready: false,
            look_again: false,
            preparation: Preparation::new(),
            close_at: None,
            hold: Duration::ZERO,
            orders,
        }
    }

    /// Runs until the visit ends.
    pub(super) async fn run(mut self) {
        let mut facts = self.core.facts();
        loop {
            self.prepare();
            self.show_reach();
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(order) => self.take(order).await,
                    None => break,
                },
                happened = self.slot.next() => self.hear(happened).await,
                Ok(()) = facts.changed() => {}
                Ok(()) = self.seen.changed() => self.overhear().await,
                () = until(self.close_at) => self.let_go(),
                () = until(self.preparation.next()) => {}
                // A device that is not heard any more does not tell so.
                () = sleep(Duration::from_secs(5)) => {}
            }
        }
        self.close();
        self.tell_care().await;
    }

    async fn take(&mut self, order: DoorOrder) {
        let result = self.perform(order.operation).await;
        // The asker may have gone; what happened is stored and shown.
        let _ = order.answer.send(result);
    }

    /// Connects ahead of the worker's slide, where this is the next lock.
    fn prepare(&mut self) {
        if !self.slot.is_empty() && self.key_lost() {
            return self.close();
        }
        let wanted = self.look_again || is_next(&self.core.snapshot(), self.dispatch, self.door);
        if !wanted {
            return self.linger();
        }
        let seen = self.seen.borrow().clone().filter(Seen::is_fresh);
        match seen {
            _ if !self.slot.is_empty() => self.keep_to_favourite(),
            None => self.preparation = Preparation::new(),
            Some(seen) if self.preparation.may_try() => {
                self.preparation.tried();
                let begun = self.choose_to_prepare().and_then(|key| self.connect(&seen, &key));
                if let Err(reason) = begun {
                    tracing::debug!(%reason, "not preparing");
                }
            }
            Some(_) => {}
        }
    }

    /// A slide would not use a session that was begun with another key than it chooses.
    fn keep_to_favourite(&mut self) {
        let chosen = self.favourite_to_prepare();
        if chosen.is_some() && chosen != self.by {
            self.close();
        }
    }

    /// Nothing more is asked of the lock in this session: its log comes home, its list of who may come in is seen to, then
    /// it is let go.
    fn linger(&mut self) {
        if self.slot.is_empty() {
            return;
        }
        let read = LockCommand::ReadLog { after: self.log_after };
        if std::mem::take(&mut self.log_due) && self.slot.send(read) {
            self.slot.send(LockCommand::KeepEntries);
            self.close_at = Some(Instant::now() + LOG_WITHIN);
        }
        let soon = Instant::now() + LINGER;
        self.close_at = Some(self.close_at.unwrap_or(soon));
    }

    /// Begins to connect. Nothing is asked of the lock yet.
    pub(super) fn connect(&mut self, seen: &Seen, key: &DigitalKey) -> Result<(), DoorReason> {
        let core = &self.core;
        let phone = core.phone().map_err(|_| DoorReason::NoKey)?;
        let credential = key.open_credential(&phone.identity).map_err(|_| DoorReason::NoKey)?;
        let visitor = Visitor {
            entropy: core.world.clone(),
            clocks: (core.world.now(), core.world.uptime()),
            name: worker_name(&core.snapshot()),
        };
        let (family, session) = family::open_lock(core.families, &self.lock, &credential, visitor)?;
        let (radio, clock) = (core.radio.clone(), core.world.clone());
        self.slot = Slot::Connecting(family::connect(session, seen.device.clone(), radio, clock));
        self.hold = family.hold().min(HOLD_MOST);
        self.care.judge_by(family.care());
        self.by = Some(key.claims().id);
        self.ready = false;
        self.close_at = None;
        Ok(())
    }

    /// The worker has not come, or is through: a lock has one connection, and another phone may be waiting for it.
    fn let_go(&mut self) {
        self.close();
        self.preparation.rest();
    }

    fn close(&mut self) {
        self.close_at = None;
        self.ready = false;
        // A session that is open says goodbye by itself; one on its way is dropped.
        if !self.slot.send(LockCommand::Close) {
            self.slot = Slot::Empty;
        }
    }

    pub(super) fn show_reach(&self) {
        let seen = self.seen.borrow().clone().filter(Seen::is_fresh);
        let reach = match &self.slot {
            Slot::Connecting(_) | Slot::Linked(_) => Reach::Connecting,
            Slot::Open(_) if self.ready => Reach::Ready,
            Slot::Open(_) => Reach::Connecting,
            Slot::Empty if seen.is_some() => Reach::Seen,
            Slot::Empty => Reach::Looking,
        };
        let rssi = seen.and_then(|s| s.rssi);
        self.core.show(|live| {
            let door = live.doors.entry(self.door).or_default();
            door.reach = reach;
            door.warning = self.care.warning();
            // Every advertisement differs a little: only what a person could notice is shown.
            let differs = match (door.rssi, rssi) {
                (Some(old), Some(new)) => old.abs_diff(new) >= 4,
                (old, new) => old != new,
            };
            if differs {
                door.rssi = rssi;
            }
        });
    }
}

/// On the way in, the first lock that has not opened yet; after check-out, the last one that is not known to be
/// locked again.
fn is_next(snapshot: &Snapshot, dispatch: DispatchId, door: DoorId) -> bool {
    let Some((visit, body)) = snapshot.open_visit().filter(|(v, _)| v.dispatch == dispatch) else {
        return false;
    };
    let with_locks: Vec<DoorId> =
        body.details.iter().flat_map(|d| &d.doors).filter(|d| d.lock.is_some()).map(|d| d.id).collect();
    let opened = |door: &DoorId| snapshot.door(dispatch, *door).is_some_and(|f| f.opened);
    let behind = |door: &DoorId| snapshot.door(dispatch, *door).is_some_and(DoorFacts::is_behind);
    let locked = |door: &DoorId| snapshot.door(dispatch, *door).is_some_and(|f| f.locked == Some(true));
    if visit.left_at.is_some() {
        return with_locks.iter().rev().find(|d| opened(d)) == Some(&door) && !locked(&door);
    }
    with_locks.iter().find(|d| !behind(d)) == Some(&door)
}

/// For the lock's own log: short, as locks have little room.
fn worker_name(snapshot: &Snapshot) -> String {
    snapshot.session.as_ref().map(|session| session.worker_name.clone()).unwrap_or_default()
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
