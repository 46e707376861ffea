//! Signing in and out, and what keeps a session going.

pub(crate) mod lead;
pub(crate) mod refresh;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
mod start;
mod tokens;
