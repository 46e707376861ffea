//! Locks that are installed at homes: what the lead's phone tells on the way, and the secret that it brings in the end.

pub(crate) mod install;
mod place;
mod proof;
mod told;

pub(crate) use told::told;
