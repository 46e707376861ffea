//! Both halves against the transcripts and against each other.

mod associating;
mod cut;
mod driver;
mod malformed;
mod opening;
mod pair;
mod ready;
mod refusing;
mod script;
mod transcript;
pub(crate) mod vectors;
