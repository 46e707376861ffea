//! What the values of a street file may be.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use terskel_model::world::SystemWorld;

use super::{Lock, Resident, Street, StreetError};

pub(super) fn validate(street: &Street) -> Result<(), StreetError> {
    check("street.mtu", (23..=517).contains(&street.mtu), "must be 23 to 517")?;
    let slow = Duration::from_secs(4);
    check("street.connection_interval_ms", street.connection_interval <= slow, "must be 4000 at most")?;
    let advertising = Duration::from_millis(10)..=Duration::from_secs(10);
    let good = advertising.contains(&street.advertising_interval);
    check("street.advertising_interval_ms", good, "must be 10 to 10000")?;
    let second = Duration::from_secs(1);
    check("street.address_lifetime_s", street.address_lifetime >= second, "must be 1 or more")?;
    let mut seen = Seen::default();
    for (n, resident) in street.residents.iter().enumerate() {
        let place = format!("resident[{n}]");
        let first = seen.numbers.insert(resident.number.clone(), ()).is_none();
        check(&format!("{place}.number"), first, "is taken by another resident")?;
        validate_resident(resident, &place, &mut seen)?;
    }
    Ok(())
}

#[derive(Default)]
struct Seen<'a> {
    numbers: HashMap<String, ()>,
    addresses: HashMap<&'a str, uuid::Uuid>,
    locks: HashMap<uuid::Uuid, &'a Lock>,
}

fn validate_resident<'a>(
    resident: &'a Resident,
    place: &str,
    seen: &mut Seen<'a>,
) -> Result<(), StreetError> {
    let texts = [
        ("number", &resident.number),
        ("first_name", &resident.first_name),
        ("last_name", &resident.last_name),
        ("address", &resident.address),
        ("town", &resident.town),
    ];
    for (field, text) in texts {
        check(&format!("{place}.{field}"), !text.trim().is_empty(), "must not be empty")?;
    }
    for (n, door) in resident.doors.iter().enumerate() {
        if let Some(lock) = &door.lock {
            validate_lock(lock, &format!("{place}.door[{n}].lock"), seen)?;
        }
    }
    if let Some(hub) = &resident.hub {
        validate_address(&hub.address, hub.id.0, &format!("{place}.hub.address"), seen)?;
    }
    Ok(())
}

fn validate_lock<'a>(lock: &'a Lock, place: &str, seen: &mut Seen<'a>) -> Result<(), StreetError> {
    check(&format!("{place}.battery_percent"), lock.battery_percent <= 100, "must be 0 to 100")?;
    let simulated = lock.simulate(Arc::new(SystemWorld));
    simulated.map_err(|wrong| StreetError::new(format!("{place}.{}", wrong.field), wrong.problem))?;
    let same = seen.locks.insert(lock.id.0, lock).is_none_or(|other| other == lock);
    check(&format!("{place}.id"), same, "is the id of another lock: a shared lock must be written the same")?;
    validate_address(&lock.address, lock.id.0, &format!("{place}.address"), seen)
}

fn validate_address<'a>(
    address: &'a str,
    id: uuid::Uuid,
    place: &str,
    seen: &mut Seen<'a>,
) -> Result<(), StreetError> {
    let bytes: Vec<&str> = address.split(':').collect();
    let upper = |byte: &&str| byte.len() == 2 && byte.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    check(place, bytes.len() == 6 && bytes.iter().all(upper), "must look like AA:BB:CC:DD:EE:FF")?;
    let free = seen.addresses.insert(address, id).is_none_or(|other| other == id);
    check(place, free, "is the address of another device")
}

fn check(place: &str, good: bool, problem: &str) -> Result<(), StreetError> {
    if good { Ok(()) } else { Err(StreetError::new(place, problem)) }
}
