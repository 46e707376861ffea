//! Digital keys on the phone: verified before they are kept, fetched for the shift, wiped when they are taken away.

mod fetch;
#[cfg(test)]
mod overtaken;
mod refused;
#[cfg(test)]
mod tests;
mod verify;
mod wipe;
mod withheld;

pub(crate) use fetch::keep_shift_keys;
pub(crate) use refused::Refused;
pub(crate) use verify::{acquainted, verify, verify_shift};
pub(crate) use wipe::{follow, keep_asking_whether_taken_away, taken_away};
pub(crate) use withheld::Withheld;
