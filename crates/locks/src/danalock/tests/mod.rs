//! Both halves against the specification's vectors and against each other.

mod cut;
mod opening;
mod pair;
mod refusing;
mod script;
mod transcript;
pub(crate) mod vectors;
