//! The homes of each team, in the order in which they changed, for its phones.

mod change;
pub(crate) mod page;
#[cfg(test)]
mod tests;

pub(crate) use change::{changed, door_changed};
