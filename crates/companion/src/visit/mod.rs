//! The visit that is going on: looking for its locks and its hub, holding the next one ready, and asking them.
//!
//! ```text
//! supervise ─► scan ──sightings──► DoorKeeper (one a lock) ── Slot ── LockSession over a link
//!          └─► keys                HubKeeper               ── Slot ── HubSession over a link
//! ```
//! Each keeper is a task with a mailbox: one thing at a time is asked of a lock, and an intent whose asker has gone
//! away still ends with its one event.

mod break_glass;
mod care;
mod check;
mod choice;
mod close;
mod code;
mod desk;
mod door;
mod family;
#[cfg(test)]
mod fault_table;
mod hear;
mod home;
mod hub;
mod keys;
mod operate;
mod pass;
mod preparation;
mod reach;
#[cfg(test)]
mod rough;
mod scan;
mod slot;
mod supervise;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod two_keys;

pub(crate) use break_glass::break_glass;
pub(crate) use care::CareBook;
pub(crate) use check::check;
pub(crate) use close::close;
pub(crate) use code::show_code;
pub(crate) use desk::{AbortOnDrop, VisitDesk};
pub(crate) use family::{CONNECT_WITHIN, connect, heard, is_lock, open_lock, scan_filter};
pub(crate) use home::visit_home;
pub(crate) use operate::operate;
pub(crate) use pass::pass;
pub(crate) use supervise::supervise;
