//! From TOML to a street.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use terskel_model::door::{DoorKind, LockFamily};
use terskel_model::{DoorId, HubId, LockId};
use zeroize::Zeroizing;

use super::{Door, Hub, Lock, Resident, Secret, SecretBytes, Street};
use crate::hex;

/// What is wrong with a street file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct StreetError {
    /// The field as a path (`resident[0].door[1].lock.address`), the line, or the file.
    pub place: String,
    /// What is wrong with it. Never shows a secret.
    pub problem: String,
}

impl StreetError {
    pub(super) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    street: Head,
    vendor: Option<RawVendor>,
    #[serde(default)]
    resident: Vec<RawResident>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    #[serde(default = "thirty")]
    connection_interval_ms: u64,
    #[serde(default = "hundred")]
    advertising_interval_ms: u64,
    #[serde(default = "usual_mtu")]
    mtu: u16,
    #[serde(default = "quarter_of_an_hour")]
    address_lifetime_s: u64,
}

/// The vendor whose key service gives out the keys of some locks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVendor {
    seed: Zeroizing<String>,
    username: String,
    password: Zeroizing<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawResident {
    number: String,
    first_name: String,
    last_name: String,
    birth_year: Option<u16>,
    address: String,
    town: String,
    #[serde(default)]
    phone_number: String,
    #[serde(default)]
    way_in: String,
    #[serde(default)]
    door: Vec<RawDoor>,
    hub: Option<RawHub>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDoor {
    id: DoorId,
    kind: DoorKind,
    name: String,
    lock: Option<RawLock>,
    code: Option<Zeroizing<String>>,
    physical_key: Option<RawKey>,
}

/// A metal key in a cabinet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKey {
    cabinet: String,
    tag: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLock {
    id: LockId,
    family: LockFamily,
    address: String,
    device_id: String,
    name: String,
    credential: Option<Zeroizing<String>>,
    seed: Option<Zeroizing<String>>,
    activation_code: Option<String>,
    #[serde(default = "full")]
    battery_percent: u8,
    #[serde(default = "yes")]
    locked: bool,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHub {
    id: HubId,
    address: String,
    seed: Zeroizing<String>,
}

fn thirty() -> u64 {
    30
}
fn hundred() -> u64 {
    100
}
fn usual_mtu() -> u16 {
    247
}
fn quarter_of_an_hour() -> u64 {
    15 * 60
}
fn full() -> u8 {
    100
}
fn yes() -> bool {
    true
}

/// Reads the shape; what the values may be is [`super::validate`]'s.
pub(super) fn parse(text: &str) -> Result<Street, StreetError> {
    let file: File = toml::from_str(text).map_err(|error| in_line(text, &error))?;
    let residents = file.resident.into_iter().enumerate();
    let vendor_seed = file.vendor.as_ref().map(|vendor| secret(&vendor.seed, "vendor.seed")).transpose()?;
    Ok(Street {
        name: file.street.name,
        connection_interval: Duration::from_millis(file.street.connection_interval_ms),
        advertising_interval: Duration::from_millis(file.street.advertising_interval_ms),
        mtu: file.street.mtu,
        address_lifetime: Duration::from_secs(file.street.address_lifetime_s),
        vendor_account: file.vendor.map(|vendor| (vendor.username, Secret::new(vendor.password))),
        residents: residents
            .map(|(n, raw)| resident(raw, vendor_seed.as_ref(), &format!("resident[{n}]")))
            .collect::<Result<_, _>>()?,
    })
}

/// The parser's own words with the line and its key. The rest of the line stays out: it may be a secret.
fn in_line(text: &str, error: &toml::de::Error) -> StreetError {
    let Some(span) = error.span() else { return StreetError::new("file", error.message()) };
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count();
    let key = text.lines().nth(line).and_then(|line| line.split_once('=')).map(|(key, _)| key.trim());
    let place = key.map_or_else(|| format!("line {}", line + 1), |key| format!("line {}, {key}", line + 1));
    StreetError::new(place, error.message())
}

type VendorSeed<'a> = Option<&'a SecretBytes<32>>;

fn resident(raw: RawResident, vendor: VendorSeed<'_>, place: &str) -> Result<Resident, StreetError> {
    let doors = raw.door.into_iter().enumerate();
    Ok(Resident {
        number: raw.number,
        first_name: raw.first_name,
        last_name: raw.last_name,
        birth_year: raw.birth_year,
        address: raw.address,
        town: raw.town,
        phone_number: raw.phone_number,
        way_in: raw.way_in,
        doors: doors
            .map(|(n, raw)| door(raw, vendor, &format!("{place}.door[{n}]")))
            .collect::<Result<_, _>>()?,
        hub: raw.hub.map(|raw| hub(raw, &format!("{place}.hub"))).transpose()?,
    })
}

fn door(raw: RawDoor, vendor: VendorSeed<'_>, place: &str) -> Result<Door, StreetError> {
    let lock = raw.lock.map(|raw| lock(raw, vendor, &format!("{place}.lock"))).transpose()?;
    Ok(Door {
        id: raw.id,
        kind: raw.kind,
        name: raw.name,
        lock,
        code: raw.code.map(Secret::new),
        physical_key: raw.physical_key.map(|key| (key.cabinet, key.tag)),
    })
}

/// A lock without a seed of its own has its vendor's.
fn lock(raw: RawLock, vendor: VendorSeed<'_>, place: &str) -> Result<Lock, StreetError> {
    let bytes = |text: Zeroizing<String>| {
        let wrong =
            || StreetError::new(format!("{place}.credential"), "must be an even number of hex digits");
        hex::decode_all(&text).map(Secret::new).ok_or_else(wrong)
    };
    let seed = raw.seed.map(|text| secret(&text, &format!("{place}.seed"))).transpose()?;
    let mut options = raw.options;
    options.extend(raw.activation_code.map(|code| ("activation_code".to_owned(), code)));
    Ok(Lock {
        id: raw.id,
        family: raw.family,
        address: raw.address,
        device_id: raw.device_id.to_ascii_lowercase(),
        name: raw.name,
        credential: raw.credential.map(bytes).transpose()?,
        seed: seed.or_else(|| vendor.cloned()),
        battery_percent: raw.battery_percent,
        locked: raw.locked,
        options,
    })
}

fn hub(raw: RawHub, place: &str) -> Result<Hub, StreetError> {
    Ok(Hub { id: raw.id, address: raw.address, seed: secret(&raw.seed, &format!("{place}.seed"))? })
}

fn secret<const N: usize>(text: &str, place: &str) -> Result<SecretBytes<N>, StreetError> {
    let bytes = hex::decode(text);
    bytes.map(Secret::new).ok_or_else(|| StreetError::new(place, format!("must be {} hex digits", 2 * N)))
}
