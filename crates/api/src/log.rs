//! The log that the audit trail proves itself by: proofs as in RFC 9162, over the tree that `docs/audit.md` describes.

use serde::{Deserialize, Serialize};
use terskel_model::EventId;

use crate::Bytes;

/// That an event is in the log of `size` entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InclusionProof {
    /// The event.
    pub event: EventId,
    /// Its number in the log, from 0.
    pub index: u64,
    /// Of how many entries.
    pub size: u64,
    /// The hash of its leaf, 32 bytes.
    pub leaf: Bytes,
    /// From the leaf up to the root, 32 bytes each.
    pub hashes: Vec<Bytes>,
}

/// That the log of `to` entries begins with the log of `from` entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsistencyProof {
    /// Size of the earlier log.
    pub from: u64,
    /// Size of the later log.
    pub to: u64,
    /// 32 bytes each.
    pub hashes: Vec<Bytes>,
}
