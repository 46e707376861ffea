//! The system's Bluetooth through btleplug: BlueZ over D-Bus on Linux, CoreBluetooth on Apple, Android's own.
//!
//! ```text
//! supervisor ─ looks for the adapter, follows its state and events, notices a dead bus
//!     │ events                      │ adapter comes and goes
//!     ▼                             ▼
//! sightings ─ asks what was      discovery ─ one discovery for all scans,
//!     heard, tells the scans        paused while a connection is made
//!
//! connect ─ one link per device at a time ──► link ─ dropped: disconnects in the background
//! ```
//! What BlueZ and btleplug do that made this shape: every call may hang for 30 s when the bus is dead, so each has a
//! limit of ours ([`limits`]); the notification stream does not end at a disconnect, so links are told by the
//! supervisor; a disconnect takes 2–3 s, so it happens off the caller's way, and the next link to that device waits.

mod connect;
mod discovery;
mod error;
mod limits;
mod link;
mod reconnect;
mod registry;
mod sightings;
mod supervisor;

use std::sync::Arc;
use std::time::Duration;

use btleplug::platform::Adapter;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use terskel_locks::session::Profile;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use crate::{AdapterState, DeviceRef, Link, Radio, RadioError, ScanFilter, Sighting};

use discovery::Discovery;
use registry::Registry;

/// The system's Bluetooth.
#[derive(Debug)]
pub struct BluetoothRadio {
    shared: Arc<Shared>,
    supervisor: tokio::task::JoinHandle<()>,
}

/// What the tasks of one radio have in common.
#[derive(Debug)]
struct Shared {
    /// Where tasks are started, also from a drop outside the runtime.
    runtime: Handle,
    state: watch::Sender<AdapterState>,
    /// The adapter in use; `None` while there is none.
    adapter: watch::Sender<Option<Adapter>>,
    discovery: Discovery,
    registry: Registry,
}

impl BluetoothRadio {
    /// Starts to look for an adapter, and never stops looking until dropped. No adapter is no failure: the state is
    /// [`AdapterState::Absent`] until one appears. Must be called inside a tokio runtime. On Android the shell has to
    /// have called btleplug's `init` before.
    #[must_use]
    pub fn start() -> Self {
        let shared = Arc::new(Shared {
            runtime: Handle::current(),
            state: watch::Sender::new(AdapterState::Absent),
            adapter: watch::Sender::new(None),
            discovery: Discovery::default(),
            registry: Registry::default(),
        });
        let supervisor = tokio::spawn(supervisor::supervise(shared.clone()));
        Self { shared, supervisor }
    }
}

impl Drop for BluetoothRadio {
    fn drop(&mut self) {
        self.supervisor.abort();
        self.shared.registry.forget_scans();
        self.shared.registry.all_gone();
        let shared = self.shared.clone();
        self.shared.runtime.spawn(async move { discovery::sync(&shared).await });
    }
}

impl Radio for BluetoothRadio {
    fn state(&self) -> watch::Receiver<AdapterState> {
        self.shared.state.subscribe()
    }

    fn scan(&self, filter: ScanFilter) -> BoxFuture<'_, Result<mpsc::Receiver<Sighting>, RadioError>> {
        async move { Ok(discovery::scan(&self.shared, filter).await) }.boxed()
    }

    fn connect<'a>(
        &'a self,
        device: &'a DeviceRef,
        profile: &'a Profile,
        limit: Duration,
    ) -> BoxFuture<'a, Result<Box<dyn Link>, RadioError>> {
        async move {
            let link = connect::connect(&self.shared, device, profile, limit).await?;
            Ok(Box::new(link) as Box<dyn Link>)
        }
        .boxed()
    }
}
