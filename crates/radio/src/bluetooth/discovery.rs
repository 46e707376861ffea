//! One discovery for all scans: it runs while somebody scans, the adapter is on and nobody is just connecting.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use btleplug::api::Central;
use btleplug::platform::Adapter;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{self, Instant};

use super::error::within;
use super::{Shared, limits, sightings};
use crate::{AdapterState, RadioError, ScanFilter, Sighting};

#[derive(Debug, Default)]
pub(super) struct Discovery {
    /// What the system has been asked to look for.
    running: Mutex<Option<btleplug::api::ScanFilter>>,
    /// Connections being made; adapters connect badly while they scan.
    connecting: AtomicUsize,
    /// How often in a row the system refused to start.
    refusals: AtomicU32,
    /// When something a scan wants was last heard, or discovery was last started.
    heard: std::sync::Mutex<Option<Instant>>,
}

impl Discovery {
    /// Something a scan wants was heard.
    pub(super) fn hears(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn silent_for(&self) -> Duration {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).map_or(Duration::ZERO, |at| at.elapsed())
    }
}

/// Adds a scan; it ends when the receiver is dropped.
pub(super) async fn scan(shared: &Arc<Shared>, filter: ScanFilter) -> mpsc::Receiver<Sighting> {
    let (id, sender, receiver) = shared.registry.add_scan(filter);
    sync(shared).await;
    let shared = shared.clone();
    tokio::spawn(async move {
        sender.closed().await;
        shared.registry.remove_scan(id);
        sync(&shared).await;
    });
    receiver
}

/// Makes the system look for what is wanted now. Call it after every change of what is wanted or possible. Dropping
/// the future stops the waiting only: a call to the system is never left half made.
pub(super) async fn sync(shared: &Arc<Shared>) {
    // The task ends by itself, and has nothing to hand back.
    let _ = shared.runtime.spawn(apply(shared.clone())).await;
}

async fn apply(shared: Arc<Shared>) {
    let mut running = shared.discovery.running.lock().await;
    let adapter = shared.adapter.borrow().clone();
    let Some(adapter) = adapter.filter(|_| *shared.state.borrow() == AdapterState::On) else {
        *running = None;
        return;
    };
    let wanted = wanted(&shared);
    if *running == wanted {
        return;
    }
    if running.take().is_some() {
        stop(&adapter).await;
    }
    let Some(filter) = wanted else { return };
    match within(limits::DISCOVERY, "starting to scan", adapter.start_scan(filter.clone())).await {
        Ok(()) => {
            *running = Some(filter);
            shared.discovery.refusals.store(0, Ordering::SeqCst);
            shared.discovery.hears();
            drop(running);
            if let Err(error) = sightings::tell_left_over(&shared).await {
                tracing::debug!(%error, "can't tell which links an earlier process left");
            }
        }
        Err(error) => {
            tracing::debug!(%error, "discovery was refused, asking again");
            // It may run since an earlier call that was thought lost; then only stopping helps.
            stop(&adapter).await;
            retry_soon(&shared);
        }
    }
}

/// Starts a discovery anew that has heard nothing for long: a Bluetooth service that was restarted has forgotten it,
/// and does not say so.
pub(super) async fn refresh(shared: &Arc<Shared>) {
    if shared.discovery.silent_for() < limits::SILENCE {
        return;
    }
    let mut running = shared.discovery.running.lock().await;
    let adapter = shared.adapter.borrow().clone();
    if let Some(adapter) = adapter.filter(|_| running.is_some()) {
        stop(&adapter).await;
        *running = None;
        drop(running);
        sync(shared).await;
    }
}

/// Forgets what was asked of an adapter that has been away: it does not remember either.
pub(super) async fn reset(shared: &Shared) {
    *shared.discovery.running.lock().await = None;
}

/// Keeps discovery still until it is dropped; scans live on and hear again afterwards.
pub(super) struct Pause(Arc<Shared>);

impl Pause {
    pub(super) async fn begin(shared: &Arc<Shared>) -> Self {
        shared.discovery.connecting.fetch_add(1, Ordering::SeqCst);
        let pause = Self(shared.clone());
        // A discovery that will not stop must not keep anybody from the door.
        let _ = time::timeout(limits::PAUSE, sync(shared)).await;
        pause
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.0.discovery.connecting.fetch_sub(1, Ordering::SeqCst);
        let shared = self.0.clone();
        self.0.runtime.spawn(async move { sync(&shared).await });
    }
}

/// BlueZ filters by service only: whoever wants a company has to hear everything.
fn wanted(shared: &Shared) -> Option<btleplug::api::ScanFilter> {
    if shared.discovery.connecting.load(Ordering::SeqCst) > 0 {
        return None;
    }
    let filter = shared.registry.wanted()?;
    let services = if filter.companies.is_empty() { filter.services } else { Vec::new() };
    Some(btleplug::api::ScanFilter { services })
}

async fn stop(adapter: &Adapter) {
    match within(limits::DISCOVERY, "stopping to scan", adapter.stop_scan()).await {
        Ok(()) => {}
        // It may have stopped by itself.
        Err(RadioError::Failed(why)) => tracing::debug!(why, "discovery did not have to be stopped"),
        Err(error) => tracing::info!(%error, "discovery may go on"),
    }
}

/// Busy passes in a moment; an adapter that refuses for good is asked every few seconds.
fn retry_soon(shared: &Arc<Shared>) {
    let refusals = shared.discovery.refusals.fetch_add(1, Ordering::SeqCst).min(4);
    let later = Arc::downgrade(shared);
    shared.runtime.spawn(async move {
        time::sleep(limits::RETRY * 2_u32.pow(refusals)).await;
        if let Some(shared) = later.upgrade() {
            let again: BoxFuture<'static, ()> = apply(shared).boxed();
            again.await;
        }
    });
}
