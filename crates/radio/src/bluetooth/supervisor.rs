//! Looks for the adapter, follows it while it is there, and looks again when it is gone.

use std::sync::Arc;
use std::time::Duration;

use btleplug::api::{Central, CentralEvent, CentralState, Manager as _};
use btleplug::platform::{Adapter, Manager, PeripheralId};
use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{self, MissedTickBehavior};

use super::error::{service_is_missing, within};
use super::registry::Change;
use super::{Shared, discovery, limits, sightings};
use crate::{AdapterState, RadioError};

/// Before the next look for an adapter that is not there.
const SEARCH: Duration = Duration::from_secs(1);

/// Runs for as long as the radio lives.
pub(super) async fn supervise(shared: Arc<Shared>) {
    let mut manager = None;
    loop {
        if let Some(adapter) = look(&mut manager).await {
            let bus_is_silent = attend(&shared, adapter).await;
            leave(&shared).await;
            if bus_is_silent {
                manager = None;
            }
        }
        time::sleep(SEARCH).await;
    }
}

/// The adapter to use: the first that is on, else the first. Keeps the bus connection in `manager` unless it is dead.
async fn look(manager: &mut Option<Manager>) -> Option<Adapter> {
    if manager.is_none() {
        *manager = reach_bus().await;
    }
    let adapters = match time::timeout(limits::CALL, manager.as_ref()?.adapters()).await {
        Ok(Ok(adapters)) => adapters,
        Ok(Err(error)) if service_is_missing(&error) => return None,
        Ok(Err(_)) | Err(_) => {
            *manager = None;
            return None;
        }
    };
    let mut first = None;
    for adapter in adapters {
        if read_state(&adapter).await == AdapterState::On {
            return Some(adapter);
        }
        first = first.or(Some(adapter));
    }
    first
}

/// libdbus connects by blocking, up to its own limit: in a thread that may.
async fn reach_bus() -> Option<Manager> {
    let runtime = Handle::current();
    let reaching = tokio::task::spawn_blocking(move || runtime.block_on(Manager::new()));
    match time::timeout(limits::BUS, reaching).await {
        Ok(Ok(Ok(manager))) => Some(manager),
        Ok(Ok(Err(error))) => {
            tracing::debug!(%error, "no Bluetooth service");
            None
        }
        Ok(Err(_)) | Err(_) => None,
    }
}

/// Follows the adapter until it is gone. True when the bus does not answer any more.
async fn attend(shared: &Arc<Shared>, adapter: Adapter) -> bool {
    let mut events = match within(limits::CALL, "listening to the adapter", adapter.events()).await {
        Ok(events) => events,
        Err(error) => return matches!(error, RadioError::Timeout(..)),
    };
    shared.adapter.send_replace(Some(adapter.clone()));
    let heard = sightings::start(shared, &adapter);
    let mut look = time::interval(limits::LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(event) => follow(shared, &heard, event),
                None => return false,
            },
            _ = look.tick() => match within(limits::CALL, "asking for the adapter", adapter.adapter_info()).await {
                Ok(_) => {
                    set_state(shared, read_state(&adapter).await);
                    let shared = shared.clone();
                    tokio::spawn(async move { discovery::refresh(&shared).await });
                }
                Err(error) => return matches!(error, RadioError::Timeout(..)),
            },
        }
    }
}

fn follow(shared: &Arc<Shared>, heard: &mpsc::Sender<PeripheralId>, event: CentralEvent) {
    match event {
        CentralEvent::DeviceConnected(id) => shared.registry.changed(&id, Change::Connected),
        CentralEvent::DeviceDisconnected(id) => shared.registry.changed(&id, Change::Disconnected),
        CentralEvent::StateUpdate(state) => set_state(shared, translate(&state)),
        CentralEvent::DeviceDiscovered(id)
        | CentralEvent::DeviceUpdated(id)
        | CentralEvent::RssiUpdate { id, .. }
        | CentralEvent::ManufacturerDataAdvertisement { id, .. }
        | CentralEvent::ServiceDataAdvertisement { id, .. }
        | CentralEvent::ServicesAdvertisement { id, .. } => {
            // When too much is heard at once, the next advert will do.
            let _ = heard.try_send(id);
        }
        CentralEvent::DeviceServicesModified(_) => {}
    }
}

async fn leave(shared: &Arc<Shared>) {
    shared.adapter.send_replace(None);
    set_state(shared, AdapterState::Absent);
    discovery::reset(shared).await;
}

fn set_state(shared: &Arc<Shared>, state: AdapterState) {
    let changed = shared.state.send_if_modified(|s| std::mem::replace(s, state) != state);
    if !changed {
        return;
    }
    tracing::info!(?state, "Bluetooth adapter");
    if state != AdapterState::On {
        shared.registry.all_gone();
    }
    let shared = shared.clone();
    tokio::spawn(async move { discovery::sync(&shared).await });
}

async fn read_state(adapter: &Adapter) -> AdapterState {
    match within(limits::CALL, "asking whether Bluetooth is on", adapter.adapter_state()).await {
        Ok(state) => translate(&state),
        Err(_) => AdapterState::Off,
    }
}

fn translate(state: &CentralState) -> AdapterState {
    match state {
        CentralState::PoweredOn => AdapterState::On,
        CentralState::PoweredOff => AdapterState::Off,
        // btleplug never knows on Android, where scanning and connecting tell.
        CentralState::Unknown if cfg!(target_os = "android") => AdapterState::On,
        CentralState::Unknown => AdapterState::Off,
    }
}
