//! The audit trail: written in the transaction of what it tells about, read by the team's lead.

pub(crate) mod erase;
pub(crate) mod read;
mod record;

pub(crate) use record::Entry;
