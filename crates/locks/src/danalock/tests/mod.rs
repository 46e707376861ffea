//! Both halves against the specification's vectors and against each other.

mod script;
mod transcript;
pub(crate) mod vectors;
