//! Installing a lock at a home, by a worker who leads the team.
//!
//! ```text
//! find ─► pair ──secret, stored──► test open ─► test lock ─► bring ──► the station has it, the phone wipes it
//!                                       └──────── give up ────────────► the phone wipes it
//! ```
//! Every step that touched the lock is a signed event, also those that failed. What proves that the lock opened and
//! locked are two of these events: the station takes no lock without.

mod bring;
mod desk;
mod find;
mod give_up;
mod homes;
mod pair;
mod test;
#[cfg(test)]
mod tests;

pub(crate) use bring::keep_bringing;
pub(crate) use desk::{FoundLock, InstallDesk, InstallLive};
pub(crate) use find::{find_locks, stop_finding};
pub(crate) use give_up::give_up;
pub(crate) use homes::team_homes;
pub(crate) use pair::pair;
pub(crate) use test::{shown, test};

use crate::session::lead;
