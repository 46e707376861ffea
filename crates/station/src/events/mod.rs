//! Audit events up from the phones.

mod apply;
mod door;
mod intake;
mod offline;
mod own_visit;
pub(crate) mod post;
mod presence;
mod visit;
mod wiped;

pub(crate) use post::{LONGEST, MOST, keep};
