//! From a street to the devices on its air.

use std::sync::Arc;

use serde::Serialize;
use terskel_keys::AuthorityKey;
use terskel_locks::device::Device;
use terskel_locks::dkey::{ActivationCode, Credential, device as dkey};
use terskel_locks::hub::device as hub;
use terskel_model::Entropy;
use terskel_model::door::LockFamily;
use uuid::Uuid;

use crate::bluez::Peripheral;
use crate::street::{Hub, Lock, Street, StreetError};

/// The family of hubs in the ready line and the control API.
const HUB: &str = "hub";

/// What a client needs to find a device and to get in. No secret but a fresh lock's code, which is printed on its
/// card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// Lock or hub id.
    pub id: Uuid,
    /// `dkey`, …; `hub`.
    pub family: String,
    /// Bluetooth address.
    pub address: String,
    /// The id that a lock tells itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// One-time code with which a fresh lock takes a new credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activation_code: Option<String>,
    /// Ed25519, in hex: with it a hub's receipts are verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// Where it is.
    pub name: String,
}

/// What the ready line says of a street's devices: locks first, then hubs.
pub(crate) fn describe(street: &Street) -> Vec<DeviceInfo> {
    let locks = street.locks().into_iter().map(|lock| DeviceInfo {
        id: lock.id.0,
        family: lock.family.to_string(),
        address: lock.address.clone(),
        device_id: Some(lock.device_id.clone()),
        activation_code: lock.activation_code.clone(),
        public_key: None,
        name: lock.name.clone(),
    });
    let hubs = street.hubs().map(|hub| DeviceInfo {
        id: hub.id.0,
        family: HUB.to_owned(),
        address: hub.address.clone(),
        device_id: None,
        activation_code: None,
        public_key: Some(crate::hex::encode(&hub.public_key()).to_string()),
        name: hub_name(hub),
    });
    locks.chain(hubs).collect()
}

/// Builds all devices of a street, in the order of [`describe`].
///
/// # Errors
/// A lock has something that its family does not take.
pub(crate) fn build(
    street: &Street,
    authority: Option<AuthorityKey>,
    entropy: &Arc<dyn Entropy>,
) -> Result<Vec<Peripheral>, StreetError> {
    let mut peripherals = Vec::new();
    for lock in street.locks() {
        let device = build_lock(lock, Arc::clone(entropy))?;
        let mut peripheral = Peripheral::new(lock.id.0, &lock.address, device);
        peripheral.battery_at_start = lock.battery_percent;
        peripherals.push(peripheral);
    }
    for hub in street.hubs() {
        let device = build_hub(hub, authority, Arc::clone(entropy));
        peripherals.push(Peripheral::new(hub.id.0, &hub.address, device));
    }
    Ok(peripherals)
}

fn build_lock(lock: &Lock, entropy: Arc<dyn Entropy>) -> Result<Box<dyn Device>, StreetError> {
    match lock.family {
        LockFamily::Dkey => build_dkey(lock, entropy),
        LockFamily::Unknown(_) => Err(wrong(lock, "family", "is none that can be simulated")),
    }
}

fn build_dkey(lock: &Lock, entropy: Arc<dyn Entropy>) -> Result<Box<dyn Device>, StreetError> {
    let device_id = crate::hex::decode::<4>(&lock.device_id);
    let device_id = *device_id.ok_or_else(|| wrong(lock, "device_id", "must be 8 hex digits"))?;
    let code = lock.activation_code.as_deref().map(ActivationCode::parse).transpose();
    let code =
        code.map_err(|_| wrong(lock, "activation_code", "must be 8 of BCDFGHJKLMNPQRSTVWXZ0123456789"))?;
    let credential = lock.credential.as_ref().map(|bytes| Credential::from_bytes(bytes.expose())).transpose();
    let credential = credential.map_err(|_| wrong(lock, "credential", "is no dKey credential"))?;
    let config = dkey::LockConfig {
        device_id,
        name: lock.name.clone(),
        activation_code: code,
        credentials: credential.into_iter().collect(),
        locked: lock.locked,
        battery_percent: lock.battery_percent,
        ..dkey::LockConfig::default()
    };
    Ok(Box::new(dkey::SimulatedLock::new(config, entropy)))
}

/// A hub that does not know its station yet trusts no badge: nobody has the key to these zeros.
pub(crate) fn build_hub(
    hub: &Hub,
    authority: Option<AuthorityKey>,
    entropy: Arc<dyn Entropy>,
) -> Box<dyn Device> {
    let config = hub::HubConfig {
        hub: hub.id,
        seed: hub.seed.expose().to_owned().into(),
        authority: authority.unwrap_or(AuthorityKey([0; 32])),
        name: hub_name(hub),
    };
    Box::new(hub::SimulatedHub::new(config, entropy))
}

fn hub_name(hub: &Hub) -> String {
    let id = hub.id.0.simple().to_string();
    format!("Hub {}", id.get(id.len() - 4..).unwrap_or(&id))
}

fn wrong(lock: &Lock, field: &str, problem: &str) -> StreetError {
    StreetError { place: format!("lock {}, {field}", lock.id), problem: problem.to_owned() }
}
