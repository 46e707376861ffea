//! Stores one event whose signature is good: once, in its phone's chain, applied or refused for good.

use sqlx::{AnyConnection, Connection};
use terskel_api::problem::code;
use terskel_keys::audit::{Body, Told, ToldByPhone};
use terskel_keys::event::chain_hash;
use terskel_model::event::PhoneEvent;

use super::apply::apply;
use crate::app::App;
use crate::audit::Entry;
use crate::db::{Columns, Write, ms};
use crate::log;
use crate::problem::Failure;

/// A verified event and its signed form.
pub(super) struct Intake {
    pub(super) event: PhoneEvent,
    pub(super) signed: Vec<u8>,
}

impl Write for Intake {
    /// The code it is refused with, if it is.
    type Output = Option<String>;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Option<String>, Failure> {
        let signed = chain_hash(&self.signed);
        let chain = self.lock_chain(tx).await?;
        if let Some(before) = self.seen_before(tx, &hex(&signed)).await? {
            return Ok(before);
        }
        // What an event has changed before it is refused is undone; that it came and was refused stays.
        let mut inner = tx.begin().await?;
        let (proof, refused) = match apply(&self.event, app, &mut inner).await {
            Ok(proof) => {
                inner.commit().await?;
                (Some(proof), None)
            }
            Err(Failure::Problem(problem)) => {
                inner.rollback().await?;
                (None, Some(problem.code))
            }
            Err(failure) => return Err(failure),
        };
        let chained = self.follows(&chain);
        let told = ToldByPhone { proof, signed, chained, refused: refused.clone() };
        self.store(app, tx, &told).await?;
        match &told.proof {
            Some(proof) => Entry::of_phone(&self.event, proof.clone(), told).store(app, tx).await?,
            None => self.enter_refused(app, tx, told).await?,
        }
        Ok(refused)
    }
}

/// The last event of a phone that came in.
struct Chain {
    sequence: i64,
    hash: String,
}

impl Intake {
    /// Where this phone's chain stands. An update that changes nothing keeps its row until the transaction ends: when a
    /// phone sends again what is still being stored, the second waits for the first.
    async fn lock_chain(&self, tx: &mut AnyConnection) -> Result<Chain, Failure> {
        let row = sqlx::query(
            "UPDATE phones SET last_sequence = last_sequence WHERE id = $1 RETURNING last_sequence, last_hash",
        )
        .bind(self.event.phone.to_string())
        .fetch_one(tx)
        .await?;
        Ok(Chain { sequence: row.int("last_sequence")?, hash: row.text("last_hash")? })
    }

    /// The answer given before. Another event under the same id is refused, the station's own events included.
    async fn seen_before(
        &self,
        tx: &mut AnyConnection,
        hash: &str,
    ) -> Result<Option<Option<String>>, Failure> {
        let row = sqlx::query("SELECT hash, refused FROM phone_events WHERE id = $1")
            .bind(self.event.id.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return self.id_taken(tx).await };
        if row.text("hash")? == hash {
            Ok(Some(row.text_or_none("refused")?))
        } else {
            Ok(Some(Some(code::CONFLICT.to_owned())))
        }
    }

    async fn id_taken(&self, tx: &mut AnyConnection) -> Result<Option<Option<String>>, Failure> {
        let taken = sqlx::query("SELECT event_id FROM log_entries WHERE event_id = $1")
            .bind(self.event.id.to_string())
            .fetch_optional(tx)
            .await?;
        Ok(taken.map(|_| Some(code::CONFLICT.to_owned())))
    }

    /// A gap or a break in the chain is written down, not refused: what was recorded counts, and the auditor sees it.
    fn follows(&self, chain: &Chain) -> bool {
        let expected = if chain.sequence == 0 { &"0".repeat(64) } else { &chain.hash };
        chain.sequence.checked_add(1) == Some(self.sequence()) && hex(&self.event.previous) == *expected
    }

    fn sequence(&self) -> i64 {
        i64::try_from(self.event.sequence).unwrap_or(i64::MAX)
    }

    /// What was refused has no place in the trail that people read; that it came is in the log all the same.
    async fn enter_refused(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        told: ToldByPhone,
    ) -> Result<(), Failure> {
        let body = Body { id: self.event.id, stored_at: app.now(), told: Told::ByPhone(told) };
        log::enter(app, tx, &body).await
    }

    async fn store(&self, app: &App, tx: &mut AnyConnection, told: &ToldByPhone) -> Result<(), Failure> {
        let (phone, hash) = (self.event.phone.to_string(), hex(&told.signed));
        sqlx::query(
            "INSERT INTO phone_events (id, phone_id, sequence, hash, chain_ok, refused, signed, stored_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(self.event.id.to_string())
        .bind(&phone)
        .bind(self.sequence())
        .bind(&hash)
        .bind(i64::from(told.chained))
        .bind(told.refused.clone())
        .bind(self.signed.clone())
        .bind(ms(app.now()))
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE phones SET last_sequence = $1, last_hash = $2 WHERE id = $3 AND last_sequence < $1",
        )
        .bind(self.sequence())
        .bind(&hash)
        .bind(&phone)
        .execute(tx)
        .await?;
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
