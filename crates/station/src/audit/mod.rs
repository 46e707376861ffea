//! The audit trail: written in the transaction of what it tells about, read by the team's lead.

mod contents;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod read;
mod record;
mod select;

pub(crate) use erase::erase_some;
pub(crate) use record::{Entry, write_down};
