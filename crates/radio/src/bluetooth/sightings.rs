//! From "something changed about this device" to a whole sighting for the scans.

use std::collections::HashSet;
use std::sync::{Arc, Weak};

use btleplug::api::{BDAddr, Central, Peripheral as _, PeripheralProperties};
use btleplug::platform::{Adapter, PeripheralId};
use tokio::sync::mpsc;

use super::error::within;
use super::{Shared, limits};
use crate::{DeviceRef, RadioError, Sighting};

/// Devices heard and not yet asked about.
const WAITING: usize = 128;

/// Takes ids of devices that were heard; ends when the sender is dropped. In a task of its own, so that questions about
/// adverts never hold up the news of a lost link.
pub(super) fn start(shared: &Arc<Shared>, adapter: &Adapter) -> mpsc::Sender<PeripheralId> {
    let (heard, inbox) = mpsc::channel(WAITING);
    tokio::spawn(tell(Arc::downgrade(shared), adapter.clone(), inbox));
    heard
}

async fn tell(shared: Weak<Shared>, adapter: Adapter, mut inbox: mpsc::Receiver<PeripheralId>) {
    let mut batch = Vec::with_capacity(WAITING);
    while inbox.recv_many(&mut batch, WAITING).await > 0 {
        let Some(shared) = shared.upgrade() else { return };
        let devices: HashSet<_> = batch.drain(..).collect();
        if shared.registry.wanted().is_none() {
            continue;
        }
        for id in devices {
            match sighting(&adapter, &id).await {
                Ok(Some(sighting)) => {
                    if shared.registry.sighted(&id, &sighting) {
                        shared.discovery.hears();
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::trace!(%error, "a device was gone before it could be asked about"),
            }
        }
    }
}

/// Tells the scans of devices whose link outlived the process that made it: connected, they don't advertise, and
/// nobody would hear of them before they tire of it. Connecting closes the old link first.
pub(super) async fn tell_left_over(shared: &Shared) -> Result<(), RadioError> {
    let Some(adapter) = shared.adapter.borrow().clone() else { return Ok(()) };
    for peripheral in within(limits::CALL, "listing devices", adapter.peripherals()).await? {
        let id = peripheral.id();
        let connected = within(limits::CALL, "asking about a device", peripheral.is_connected()).await?;
        if !connected || shared.registry.has_link(&id) {
            continue;
        }
        if let Some(known) = within(limits::CALL, "asking about a device", peripheral.properties()).await? {
            shared.registry.sighted(&id, &describe(&id, known));
        }
    }
    Ok(())
}

/// `None` for a device that the system remembers and has not heard: only what is heard has a signal strength.
async fn sighting(adapter: &Adapter, id: &PeripheralId) -> Result<Option<Sighting>, RadioError> {
    let peripheral = within(limits::CALL, "asking about a device", adapter.peripheral(id)).await?;
    let properties = within(limits::CALL, "asking about a device", peripheral.properties()).await?;
    Ok(properties.filter(|p| p.rssi.is_some()).map(|p| describe(id, p)))
}

fn describe(id: &PeripheralId, properties: PeripheralProperties) -> Sighting {
    // Apple's systems do not tell addresses.
    let address = Some(properties.address).filter(|a| *a != BDAddr::default()).map(|a| a.to_string());
    let mut manufacturer: Vec<_> = properties.manufacturer_data.into_iter().collect();
    manufacturer.sort_unstable();
    let mut services = properties.services;
    services.extend(properties.service_data.into_keys());
    Sighting {
        device: DeviceRef(id.to_string()),
        address,
        name: properties.advertisement_name.or(properties.local_name),
        rssi: properties.rssi,
        services,
        manufacturer,
    }
}
