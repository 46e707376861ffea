//! A log that proves itself: a Merkle tree in the shape of RFC 6962, whose root the station signs as a checkpoint.
//!
//! An entry goes in as a [`Commitment`], so that what it says can be erased and the tree stays whole. Whoever keeps the
//! station's key and one checkpoint finds out later whether an entry is in the log ([`inclusion`](verify_inclusion))
//! and whether anything that was in it then has changed since ([`consistency`](verify_consistency)). `docs/audit.md`
//! has the layouts and vectors.

mod checkpoint;
mod commitment;
mod frontier;
mod hash;
mod note;
mod plan;
#[cfg(test)]
mod tests;
mod verify;

pub use checkpoint::Checkpoint;
pub use commitment::{Commitment, SALT, Salt};
pub use frontier::Frontier;
pub(crate) use hash::sha256;
pub use hash::{EMPTY, Hash, leaf_hash, node_hash};
pub use note::{LogKey, LogPublicKey, NoteError};
pub use plan::{Node, Plan};
pub use verify::{NotInLog, verify_consistency, verify_inclusion};
