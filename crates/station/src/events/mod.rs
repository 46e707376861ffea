//! Audit events up from the phones.

mod apply;
mod chain;
mod door;
mod ground;
mod intake;
mod join;
mod offline;
mod own_visit;
pub(crate) mod post;
mod presence;
mod store;
mod visit;
mod wiped;

pub(crate) use post::{LONGEST, MOST, keep};
