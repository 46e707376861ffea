//! Both halves against the specification's vectors and against each other.

mod bench;
mod cut;
mod driver;
mod family;
mod opening;
mod pair;
mod refusing;
mod script;
mod transcript;
pub(crate) mod vectors;
