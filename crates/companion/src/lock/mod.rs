//! The app lock. After some time without a touch (the unit's policy) names, addresses and doors are gone from the view, and
//! nothing is done, until the worker types the code that they chose for this shift. That an alarm has come stays visible
//! and audible; a door that is being operated is waited for.
//!
//! The code is not the PIN of the sign-in, which the phone keeps in no form, and it encrypts nothing: the store's key is the
//! keystore's. Ten wrong codes wipe keys and residents, end the session, and are told to the station.

mod choose;
mod code;
mod idle;
mod pin;
mod spent;
mod unlock;

pub(crate) use choose::choose;
pub(crate) use idle::{guard, lock_if_idle, lock_now, touched};
pub(crate) use pin::PinInMind;
pub(crate) use spent::finish;
pub(crate) use unlock::unlock;

/// After so many wrong codes in a row nothing is left to unlock.
pub(crate) const MOST_WRONG: u32 = 10;

/// Why everything is gone then.
pub(crate) const WRONG_CODES: &str = "wrong_codes";

#[cfg(test)]
mod tests;
