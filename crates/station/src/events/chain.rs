//! Where a phone's chain of events stands.

use sqlx::AnyConnection;
use terskel_model::PhoneId;
use terskel_model::event::PhoneEvent;

use crate::db::Columns;
use crate::problem::Failure;

/// The last event of a phone that came in.
pub(super) struct Chain {
    phone: PhoneId,
    sequence: i64,
    hash: String,
    grown: bool,
}

impl Chain {
    /// An update that changes nothing keeps its row until the transaction ends: when a phone sends again what is still
    /// being stored, the second waits for the first.
    pub(super) async fn lock(phone: PhoneId, tx: &mut AnyConnection) -> Result<Self, Failure> {
        let row = sqlx::query(
            "UPDATE phones SET last_sequence = last_sequence WHERE id = $1 RETURNING last_sequence, last_hash",
        )
        .bind(phone.to_string())
        .fetch_one(tx)
        .await?;
        Ok(Self { phone, sequence: row.int("last_sequence")?, hash: row.text("last_hash")?, grown: false })
    }

    /// One more has come in; says whether it follows. A gap or a break is written down, not refused: what was recorded
    /// counts, and the auditor sees it.
    pub(super) fn take(&mut self, event: &PhoneEvent, hash: &str) -> bool {
        let expected = if self.sequence == 0 { &"0".repeat(64) } else { &self.hash };
        let place = sequence(event);
        let follows = self.sequence.checked_add(1) == Some(place) && hex(&event.previous) == *expected;
        if place > self.sequence {
            (self.sequence, self.hash, self.grown) = (place, hash.to_owned(), true);
        }
        follows
    }

    /// Writes down how far it has come.
    pub(super) async fn store(&self, tx: &mut AnyConnection) -> Result<(), Failure> {
        if self.grown {
            sqlx::query("UPDATE phones SET last_sequence = $1, last_hash = $2 WHERE id = $3")
                .bind(self.sequence)
                .bind(&self.hash)
                .bind(self.phone.to_string())
                .execute(tx)
                .await?;
        }
        Ok(())
    }
}

/// An event's place in its phone's chain, as it is stored.
pub(super) fn sequence(event: &PhoneEvent) -> i64 {
    i64::try_from(event.sequence).unwrap_or(i64::MAX)
}

/// As hashes are stored.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
