//! From a street to the devices on its air.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use terskel_locks::device::Device;
use terskel_locks::hub::device as hub;
use terskel_locks::hub::station_keys::StationKeys;
use terskel_model::Entropy;
use uuid::Uuid;

use crate::bluez::Peripheral;
use crate::street::{Hub, Street};

/// The family of hubs in the ready line and the control API.
const HUB: &str = "hub";

/// What a client needs to find a device and to get in. No secret but what a lock's card or its vendor's key service
/// tells whoever may use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// Lock or hub id.
    pub id: Uuid,
    /// `dkey`, …; `hub`.
    pub family: String,
    /// Bluetooth address at the start.
    pub address: String,
    /// The id that a lock tells itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// What its family's clients need to get in: `activation_code`, `login_token`, `pin`, ….
    #[serde(flatten)]
    pub card: BTreeMap<&'static str, String>,
    /// Ed25519, in hex: with it a hub's receipts are verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// Where it is.
    pub name: String,
}

/// All devices of a street, locks first, then hubs, each with what is said of it. Certificates on their cards become
/// files in `files`.
///
/// # Errors
/// A lock has something that its family does not take, or a file cannot be written.
pub(crate) fn build(
    street: &Street,
    authority: &StationKeys,
    entropy: &Arc<dyn Entropy>,
    files: &Path,
) -> anyhow::Result<Vec<(DeviceInfo, Peripheral)>> {
    let mut devices = Vec::new();
    for lock in street.locks() {
        let simulated = lock.simulate(Arc::clone(entropy));
        let simulated = simulated.map_err(|wrong| lock.error(&wrong))?;
        let mut peripheral = Peripheral::new(lock.id.0, &lock.address, simulated.device);
        peripheral.battery_at_start = lock.battery_percent;
        peripheral.changes_address = simulated.changes_address;
        let card = simulated.card.into_iter().map(|(name, value)| on_card(files, lock.id.0, name, value));
        let info = DeviceInfo {
            id: lock.id.0,
            family: lock.family.to_string(),
            address: lock.address.clone(),
            device_id: Some(lock.device_id.clone()),
            card: card.collect::<Result<_, _>>()?,
            public_key: None,
            name: lock.name.clone(),
        };
        devices.push((info, peripheral));
    }
    for hub in street.hubs() {
        let device = build_hub(hub, authority.clone(), Arc::clone(entropy));
        let info = DeviceInfo {
            id: hub.id.0,
            family: HUB.to_owned(),
            address: hub.address.clone(),
            device_id: None,
            card: BTreeMap::new(),
            public_key: Some(crate::hex::encode(&hub.public_key()).to_string()),
            name: hub_name(hub),
        };
        devices.push((info, Peripheral::new(hub.id.0, &hub.address, device)));
    }
    Ok(devices)
}

/// Clients take certificates by the name of a file.
fn on_card(
    files: &Path,
    id: Uuid,
    name: &'static str,
    value: String,
) -> std::io::Result<(&'static str, String)> {
    if !value.starts_with("-----BEGIN") {
        return Ok((name, value));
    }
    let file = files.join(format!("{id}-{name}.pem"));
    std::fs::write(&file, value)?;
    Ok((name, file.display().to_string()))
}

/// A hub that does not know its station yet trusts no badge.
fn build_hub(hub: &Hub, authority: StationKeys, entropy: Arc<dyn Entropy>) -> Box<dyn Device> {
    let config = hub::HubConfig {
        hub: hub.id,
        seed: hub.seed.expose().to_owned().into(),
        authority,
        name: hub_name(hub),
    };
    Box::new(hub::SimulatedHub::new(config, entropy))
}

fn hub_name(hub: &Hub) -> String {
    let id = hub.id.0.simple().to_string();
    format!("Hub {}", id.get(id.len() - 4..).unwrap_or(&id))
}
