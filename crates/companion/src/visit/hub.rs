//! Keeps the hub: holds it ready once the doors are open, and asks it for receipts.

use std::sync::Arc;
use std::time::Duration;

use terskel_api::dispatch::Hub;
use terskel_keys::receipt::Receipt;
use terskel_locks::hub::phone::{HubCommand, HubEvent, HubIdentity, HubSession};
use terskel_model::{DispatchId, WorkerId};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::desk::HubOrder;
use super::family;
use super::preparation::Preparation;
use super::scan::Seen;
use super::slot::{Happened, Slot};
use crate::interface::{Problem, Reach};
use crate::state::Core;
use crate::store::{DoorFacts, Phone, Snapshot};

const LINGER: Duration = Duration::from_secs(1);

pub(super) struct HubKeeper {
    pub(super) core: Arc<Core>,
    pub(super) dispatch: DispatchId,
    pub(super) hub: Hub,
    pub(super) seen: watch::Receiver<Option<Seen>>,
    pub(super) slot: Slot<HubCommand, HubEvent>,
    pub(super) ready: bool,
    pub(super) preparation: Preparation,
    pub(super) close_at: Option<Instant>,
    orders: mpsc::Receiver<HubOrder>,
}

impl HubKeeper {
    pub(super) fn new(
        core: Arc<Core>,
        dispatch: DispatchId,
        hub: Hub,
        seen: watch::Receiver<Option<Seen>>,
        orders: mpsc::Receiver<HubOrder>,
    ) -> Self {
        Self {
            core,
            dispatch,
            hub,
            seen,
            slot: Slot::Empty,
            ready: false,
            preparation: Preparation::new(),
            close_at: None,
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
                    Some(order) => {
                        let result = self.perform(order.direction).await;
                        // The asker may have gone; what happened is stored and shown.
                        let _ = order.answer.send(result);
                    }
                    None => break,
                },
                happened = self.slot.next() => self.hear(&happened),
                Ok(()) = facts.changed() => {}
                Ok(()) = self.seen.changed() => {}
                () = until(self.close_at) => self.close(),
                () = until(self.preparation.next()) => {}
                () = sleep(Duration::from_secs(5)) => {}
            }
        }
        self.close();
    }

    fn prepare(&mut self) {
        if !is_next(&self.core.snapshot(), self.dispatch) {
            if !self.slot.is_empty() && self.close_at.is_none() {
                self.close_at = Some(Instant::now() + LINGER);
            }
            return;
        }
        let seen = self.seen.borrow().clone().filter(Seen::is_fresh);
        match seen {
            None if self.slot.is_empty() => self.preparation = Preparation::new(),
            Some(seen) if self.slot.is_empty() && self.preparation.may_try() => {
                self.preparation.tried();
                if let Err(problem) = self.connect(&seen) {
                    tracing::debug!(%problem, "not preparing");
                }
            }
            _ => {}
        }
    }

    /// Begins to connect. Nothing is asked of the hub yet.
    pub(super) fn connect(&mut self, seen: &Seen) -> Result<(), Problem> {
        let (phone, session) = self.core.signed_in()?;
        let public_key = <[u8; 32]>::try_from(&*self.hub.public_key.0).map_err(|_| Problem::WrongHub)?;
        let identity = HubIdentity { hub: self.hub.id, public_key };
        let session = HubSession::new(identity, session.badge, phone.identity, session.worker, phone.id);
        let (radio, clock) = (self.core.radio.clone(), self.core.world.clone());
        self.slot = Slot::Connecting(family::connect(session, seen.device.clone(), radio, clock));
        self.ready = false;
        self.close_at = None;
        Ok(())
    }

    fn hear(&mut self, happened: &Happened<HubEvent>) {
        match happened {
            Happened::Event(HubEvent::Ready) => self.ready = true,
            // Asked for by somebody who has given up waiting: nothing is told that nobody asked for.
            Happened::Event(_) | Happened::Connected => {}
            Happened::Failed(_) | Happened::Over => self.ready = false,
        }
    }

    /// A receipt counts when it is stored with its event.
    pub(super) async fn keep(
        &mut self,
        receipt: &Receipt,
        signed: &[u8],
        phone: &Phone,
        worker: WorkerId,
    ) -> Result<(), Problem> {
        self.core.store.save_receipt(receipt, signed, phone, worker, &self.core.clock).await?;
        self.core.refresh().await?;
        self.core.outbox.notify_one();
        Ok(())
    }

    fn close(&mut self) {
        self.close_at = None;
        self.ready = false;
        if !self.slot.send(HubCommand::Close) {
            self.slot = Slot::Empty;
        }
    }

    pub(super) fn show_reach(&self) {
        let seen = self.seen.borrow().as_ref().is_some_and(Seen::is_fresh);
        let reach = match &self.slot {
            Slot::Open(_) if self.ready => Reach::Ready,
            Slot::Open(_) | Slot::Connecting(_) | Slot::Linked(_) => Reach::Connecting,
            Slot::Empty if seen => Reach::Seen,
            Slot::Empty => Reach::Looking,
        };
        self.core.show(|live| live.hub.reach = reach);
    }
}

/// Once every lock on the way in has opened, until the check-in.
fn is_next(snapshot: &Snapshot, dispatch: DispatchId) -> bool {
    let Some((visit, body)) = snapshot.open_visit().filter(|(v, _)| v.dispatch == dispatch) else {
        return false;
    };
    let mut locks = body.details.iter().flat_map(|d| &d.doors).filter(|d| d.lock.is_some());
    visit.arrived_at.is_none()
        && locks.all(|d| snapshot.door(dispatch, d.id).is_some_and(DoorFacts::is_behind))
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
