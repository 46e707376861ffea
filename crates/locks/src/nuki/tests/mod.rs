//! Both halves against the vectors and against each other.

mod authorizations;
mod bench;
mod checks;
mod clock;
mod cut;
mod doubt;
mod entries;
mod family;
mod faults;
mod log;
mod malformed;
mod management;
mod mtu;
mod opening;
mod pair;
mod pairing;
mod raw;
mod refusing;
mod script;
mod transcript;
pub(crate) mod vectors;
mod windows;
