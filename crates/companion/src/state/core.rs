//! The one owner of state. Tasks tell it facts; it stores them, reads all of it back and publishes the view.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use terskel_locks::family::Families;
use terskel_model::{EventId, SessionId, World};
use terskel_radio::Radio;
use tokio::sync::{Notify, watch};

use super::{Live, PhoneClock, view};
use crate::access::AccessDesk;
use crate::install::InstallDesk;
use crate::interface::{NetworkState, Problem, View};
use crate::keys::{Refused, Withheld};
use crate::lock::PinInMind;
use crate::session::TokenLife;
use crate::station_client::{Station, StationError, Stations};
use crate::store::{Asked, Phone, Session, Snapshot, Store, StoreError};
use crate::visit::VisitDesk;

/// Shared by the engine and its tasks.
pub(crate) struct Core {
    pub(crate) world: Arc<dyn World>,
    pub(crate) radio: Arc<dyn Radio>,
    pub(crate) families: Families,
    pub(crate) store: Store,
    /// Keys, the shift, retention and what is written down go by it.
    pub(crate) clock: PhoneClock,
    pub(crate) stations: Arc<dyn Stations>,
    /// Wakes the outbox.
    pub(crate) outbox: Notify,
    /// Wakes whoever fetches the keys of the shift.
    pub(crate) keys_wanted: Notify,
    /// The station will issue other keys of the shift once it has the events that wait.
    pub(crate) keys_to_change: AtomicBool,
    /// What the station could issue no key for.
    pub(crate) withheld: Withheld,
    /// What its lock has refused.
    pub(crate) refused: Refused,
    /// Wakes whoever fetches the homes of the team.
    pub(crate) roster_wanted: Notify,
    /// One decision on sessions and dispatches at a time.
    pub(crate) deciding: tokio::sync::Mutex<()>,
    /// Of the session's token.
    pub(crate) token_life: tokio::sync::Mutex<TokenLife>,
    /// The lock that is being installed.
    pub(crate) install: InstallDesk,
    /// What a lead looks at and gives.
    pub(crate) access: AccessDesk,
    /// What may not be chosen as the code that unlocks the app.
    pub(crate) pin: PinInMind,
    /// The doors and the hub of the visit that is going on.
    pub(crate) visit: VisitDesk,
    facts: watch::Sender<Arc<Snapshot>>,
    live: Mutex<Live>,
    view: watch::Sender<Arc<View>>,
    reading: tokio::sync::Mutex<()>,
    station: Mutex<Option<(String, Arc<dyn Station>)>>,
}

impl Core {
    /// Reads the store for the first time.
    pub(crate) async fn new(
        world: Arc<dyn World>,
        radio: Arc<dyn Radio>,
        families: Families,
        stations: Arc<dyn Stations>,
        (store, clock): (Store, PhoneClock),
    ) -> Result<Self, StoreError> {
        let snapshot = Arc::new(store.snapshot().await?);
        // A new start does not unlock.
        let locked = snapshot.session.is_some() && snapshot.app_lock.is_some();
        let live = Live::new(clock.now(), world.uptime(), locked);
        let first = view::build(&snapshot, &live, &clock);
        Ok(Self {
            radio,
            families,
            store,
            clock,
            stations,
            outbox: Notify::new(),
            keys_wanted: Notify::new(),
            keys_to_change: AtomicBool::new(false),
            withheld: Withheld::default(),
            refused: Refused::default(),
            roster_wanted: Notify::new(),
            deciding: tokio::sync::Mutex::new(()),
            token_life: tokio::sync::Mutex::default(),
            install: InstallDesk::default(),
            access: AccessDesk::default(),
            pin: PinInMind::default(),
            visit: VisitDesk::default(),
            facts: watch::Sender::new(snapshot),
            live: Mutex::new(live),
            view: watch::Sender::new(Arc::new(first)),
            reading: tokio::sync::Mutex::new(()),
            station: Mutex::new(None),
            world,
        })
    }

    /// What the store holds.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.facts.borrow().clone()
    }

    /// Tells whenever the store's content has changed.
    pub(crate) fn facts(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.facts.subscribe()
    }

    /// The views, the present one first.
    pub(crate) fn views(&self) -> watch::Receiver<Arc<View>> {
        self.view.subscribe()
    }

    /// Something was stored: read it back, show it, and let everybody know who waits for it.
    pub(crate) async fn refresh(&self) -> Result<(), StoreError> {
        // In order: an older reading must not be published after a newer one.
        let _in_order = self.reading.lock().await;
        let snapshot = Arc::new(self.store.snapshot().await?);
        self.facts.send_replace(snapshot);
        self.show(|_| ());
        Ok(())
    }

    /// Changes what is true now, and shows it.
    pub(crate) fn show<T>(&self, change: impl FnOnce(&mut Live) -> T) -> T {
        // Published under the lock, so that views come in order.
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut live);
        let next = view::build(&self.facts.borrow(), &live, &self.clock);
        self.view.send_if_modified(|present| {
            let changed = **present != next;
            if changed {
                *present = Arc::new(next);
            }
            changed
        });
        result
    }

    /// The state of the live stream.
    pub(crate) fn show_network(&self, network: NetworkState) {
        let now = self.clock.now();
        self.show(|live| {
            if live.network != network {
                live.network = network;
                live.network_since = now;
            }
        });
    }

    /// The phone's enrolment.
    pub(crate) fn phone(&self) -> Result<Phone, Problem> {
        self.snapshot().phone.clone().ok_or(Problem::NotEnrolled)
    }

    /// Phone and session, for what a signed-in worker does.
    pub(crate) fn signed_in(&self) -> Result<(Phone, Session), Problem> {
        let snapshot = self.snapshot();
        let phone = snapshot.phone.clone().ok_or(Problem::NotEnrolled)?;
        let session = snapshot.session.clone().ok_or(Problem::SignedOut)?;
        if session.ends_at <= self.clock.now() { Err(Problem::SignedOut) } else { Ok((phone, session)) }
    }

    /// What is about to be asked in this session: what wipes the phone while the answer is on its way makes a difference.
    pub(crate) fn asked(&self, session: &Session) -> Asked {
        Asked { session: session.id, followed: self.snapshot().followed }
    }

    /// The station of this enrolment; its connections are kept between calls.
    pub(crate) fn station(&self, phone: &Phone) -> Result<Arc<dyn Station>, StationError> {
        let mut kept = self.station.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((url, station)) = &*kept
            && *url == phone.station_url
        {
            return Ok(station.clone());
        }
        let station = self.stations.at(&phone.station_url)?;
        *kept = Some((phone.station_url.clone(), station.clone()));
        Ok(station)
    }

    /// A call in this session failed: one that the station has ended is not used again.
    pub(crate) async fn call_failed(&self, session: SessionId, error: &StationError) {
        if !error.ends_session() || crate::keys::taken_away(self, session).await {
            return;
        }
        tracing::info!("the station refuses the session: sign-in needed");
        if let Err(error) = self.store.reject_session(session).await {
            tracing::error!(%error, "store");
        }
        self.refresh_or_log().await;
    }

    /// As [`Self::refresh`], for tasks that have nobody to tell.
    pub(crate) async fn refresh_or_log(&self) {
        if let Err(error) = self.refresh().await {
            tracing::error!(%error, "store");
        }
    }

    /// The worker has read a refusal.
    pub(crate) async fn dismiss_refusal(&self, event: EventId) -> Result<(), Problem> {
        let known = self.store.dismiss_refusal(event).await?;
        self.refresh().await?;
        if known { Ok(()) } else { Err(Problem::NotFound) }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "store");
        Self::StoreFailed
    }
}
