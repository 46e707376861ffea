//! The outbox: what was recorded goes to the station in order, until it has it or has refused it for good.

mod answer;
mod aside;
#[cfg(test)]
mod network_stories;
mod run;
#[cfg(test)]
mod tests;

pub(crate) use run::{flush, keep_sending};
