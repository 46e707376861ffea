//! Signing in and out.

pub(crate) mod lead;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
mod start;
