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
                return Ok(lock.clone());
            }
        }
    }
    None.with_context(|| format!("no built-in street has an installed lock of the family {family}"))
}
