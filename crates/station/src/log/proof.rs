//! Proofs, from the hashes that the entries have left behind.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_keys::audit::ExportedEvent;
use terskel_keys::log::{Hash, Node, Plan, Salt};
use terskel_model::EventId;

use super::append::as_stored;
use crate::db::Columns;
use crate::problem::Failure;

/// Hashes that have been read: the proofs of one answer have most of them in common.
#[derive(Default)]
pub(crate) struct Hashes(HashMap<Node, Hash>);

impl Hashes {
    /// Makes the proof of a plan, whose entries must be in the log.
    pub(crate) async fn prove(
        &mut self,
        plan: &Plan,
        reader: &mut AnyConnection,
    ) -> Result<Vec<Hash>, Failure> {
        for node in plan.nodes() {
            if let Slot::Vacant(slot) = self.0.entry(node) {
                slot.insert(read(node, reader).await?);
            }
        }
        plan.proof(|node| self.0.get(&node).copied()).ok_or(Failure::Internal("a hash of the log is missing"))
    }
}

/// What the log has of an entry that is not erased, without what a phone has signed and without proof.
pub(crate) async fn entry(id: EventId, reader: &mut AnyConnection) -> Result<ExportedEvent, Failure> {
    let row = sqlx::query("SELECT position, salt, body FROM log_entries WHERE event_id = $1")
        .bind(id.to_string())
        .fetch_one(reader)
        .await?;
    exported(&row)
}

/// As [`entry`], from its columns.
pub(crate) fn exported(row: &AnyRow) -> Result<ExportedEvent, Failure> {
    let salt = row.bytes("salt")?.try_into();
    Ok(ExportedEvent {
        index: u64::try_from(row.int("position")?).unwrap_or(u64::MAX),
        salt: Salt(salt.map_err(|_| Failure::Internal("a stored salt is too short"))?),
        body: row.bytes("body")?,
        signed: None,
        proof: Vec::new(),
    })
}

/// The hash of a complete subtree.
pub(super) async fn read(node: Node, reader: &mut AnyConnection) -> Result<Hash, Failure> {
    let hashes = sqlx::query("SELECT hashes FROM log_entries WHERE position = $1")
        .bind(as_stored(node.completed_by())?)
        .fetch_one(reader)
        .await?
        .bytes("hashes")?;
    let (hashes, _) = hashes.as_chunks::<32>();
    hashes
        .get(usize::from(node.level))
        .copied()
        .ok_or(Failure::Internal("an entry of the log has too few hashes"))
}
