//! The key authority: what the station signs digital keys and badges with, and how a new key takes over from the last.
//!
//! The database knows the public halves, and from when on each of them signs ([`schedule`]): all nodes of a station
//! agree. The private halves lie in files beside the database, or come from the environment ([`keyring`]). A new key is
//! announced ([`announce`], [`rotate`]), published at once ([`publish`]), and signs when hubs and phones have heard of
//! it; the old one is believed until the last that it signed has run out.

mod announce;
mod keyring;
pub(crate) mod publish;
mod rotate;
mod schedule;

pub use keyring::AuthorityError;
pub(crate) use keyring::Keyring;
pub use rotate::Rotated;
pub(crate) use rotate::rotate;
pub(crate) use schedule::Schedule;
