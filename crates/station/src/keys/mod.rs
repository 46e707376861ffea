//! Digital keys, for a dispatch and for a shift: whether one is issued, and until when, is decided in one place
//! (`model::permission::decide`).

mod before;
pub(crate) mod bundle;
pub(crate) mod entries;
mod issue;
mod ring;
pub(crate) mod source;
mod withheld;

pub(crate) use bundle::home_keys;
pub(crate) use ring::{Ring, Rung};
