//! Deciding on a dispatch.

mod accept;
mod decline;
#[cfg(test)]
mod tests;

pub(crate) use accept::{accept, fetch_keys};
pub(crate) use decline::decline;
