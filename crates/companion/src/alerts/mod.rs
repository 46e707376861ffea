//! Deciding on a dispatch.

mod accept;
mod decline;
#[cfg(test)]
mod tests;

pub(crate) use accept::{accept, dispatch_of, fetch_keys};
pub(crate) use decline::decline;
