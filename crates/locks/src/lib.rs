//! Lock and hub protocols, sans-I/O: bytes and `now` in, bytes and events out. One folder per family, each with the
//! phone's half ([`session::Session`]) and the device's half ([`device::Device`]).

mod crc;
pub mod danalock;
pub mod device;
pub mod dkey;
mod failure;
pub mod family;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod hub;
pub mod install;
pub mod lock;
pub mod nuki;
mod secret;
pub mod session;
#[cfg(test)]
mod testing;
