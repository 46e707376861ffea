//! The log that the audit trail proves itself by (`keys::log`, `docs/audit.md`).
//!
//! An entry is written in the transaction of what it tells about and gets its position as that transaction's last act
//! ([`append_waiting`]): the log's head is locked for as short as can be, and always after everything else.

mod append;
mod backlog;
pub(crate) mod checkpoint;
pub(crate) mod consistency;
pub(crate) mod inclusion;
pub(crate) mod key;
mod proof;

pub(crate) use append::{append_waiting, enter};
pub(crate) use backlog::take_in_backlog;
pub(crate) use proof::{Hashes, entry, exported};
