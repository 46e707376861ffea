//! The lock that both programs speak of: one of a built-in street, so that phone and lock agree on its secrets.

use anyhow::{Context, Result};
use terskel_simulator::{Lock, Street};

/// Streets to look in, in this order.
const STREETS: [&str; 2] = ["demo", "locks"];

/// The first lock of that family that somebody has been let in to already.
///
/// # Errors
/// No built-in street has one.
pub fn lock_of(family: &str) -> Result<Lock> {
    for name in STREETS {
        for lock in Street::load(name)?.locks() {
            if lock.family.as_str() == family && lock.credential()?.is_some() {
                return Ok(Lock { address: static_random(&lock.address)?, ..lock.clone() });
            }
        }
    }
    None.with_context(|| format!("no built-in street has an installed lock of the family {family}"))
}

/// The address as one that a device may choose for itself and keep: its first two bits are set. Public ones belong to
/// their controllers, and a virtual controller has its own.
fn static_random(address: &str) -> Result<String> {
    let first = address.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let first = first.with_context(|| format!("{address} is no Bluetooth address"))?;
    Ok(format!("{:02X}{}", first | 0xc0, &address[2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_one_of_the_devices_own() {
        assert_eq!(static_random("54:D2:72:7B:BC:0F").unwrap(), "D4:D2:72:7B:BC:0F");
        assert_eq!(static_random("EE:E2:19:57:50:23").unwrap(), "EE:E2:19:57:50:23");
        assert!(static_random("x").is_err());
    }
}
