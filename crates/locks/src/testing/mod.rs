//! What the tests of every family need: a phone and a lock in one room, and what the phone told.

pub(crate) mod cut;
pub(crate) mod room;
mod told;
