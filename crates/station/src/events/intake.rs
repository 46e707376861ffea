//! Stores events whose signatures are good: once, in their phone's chain, each applied or refused for good.

use std::collections::{HashMap, HashSet};

use sqlx::{AnyConnection, Connection};
use terskel_api::problem::code;
use terskel_keys::audit::{Body, Told, ToldByPhone};
use terskel_keys::event::chain_hash;
use terskel_model::event::{EventKind, PhoneEvent, Proof};
use terskel_model::{EventId, PhoneId, WorkerId};

use super::apply::apply;
use super::chain::{Chain, hex};
use super::ground::Ground;
use super::join::dispatch_of;
use super::store::{Stored, seen_before, store};
use crate::app::App;
use crate::audit::{Entry, write_down};
use crate::db::{Columns as _, Write};
use crate::log;
use crate::problem::{Failure, refuse};

/// A verified event and its signed form.
pub(crate) struct Verified {
    pub(super) event: PhoneEvent,
    pub(super) signed: Vec<u8>,
}

/// Events of one phone, in the order in which it recorded them, stored together: what they have in common is read and
/// written once.
pub(super) struct Intake {
    pub(super) events: Vec<Verified>,
}

/// What became of an event: the code it is refused with, if it is.
pub(super) type Fate = Option<String>;

impl Write for Intake {
    /// One for each event.
    type Output = Vec<Fate>;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<Vec<Fate>, Failure> {
        // Nearly always all of them are good. Where one is not, they are taken again, so that it can be undone alone.
        let mut together = tx.begin().await?;
        if let Some(fates) = self.take(app, &mut together, Undo::All).await? {
            together.commit().await?;
            return Ok(fates);
        }
        together.rollback().await?;
        let fates = self.take(app, tx, Undo::One).await?;
        fates.ok_or(Failure::Internal("an event that is refused alone refuses no others"))
    }
}

/// What is undone when an event is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Undo {
    /// What it alone has changed; that it came and was refused stays.
    One,
    /// Everything.
    All,
}

impl Intake {
    /// None: one is refused, and all shall be undone.
    async fn take(
        &self,
        app: &App,
        tx: &mut AnyConnection,
        undo: Undo,
    ) -> Result<Option<Vec<Fate>>, Failure> {
        let Some(first) = self.events.first() else { return Ok(Some(Vec::new())) };
        let mut chain = Chain::lock(first.event.phone, tx).await?;
        let mut known = seen_before(&self.events, tx).await?;
        let workers = workers_of(first.event.phone, tx).await?;
        let (stored_at, mut ground) = (app.now(), Ground::default());
        let (mut fates, mut stored, mut bodies) = (Vec::with_capacity(self.events.len()), vec![], vec![]);
        // Rows of the trail that people read, until they are written down together.
        let mut trail = Vec::new();
        for one in &self.events {
            let signed = chain_hash(&one.signed);
            let hash = hex(&signed);
            if let Some(before) = known.get(&one.event.id) {
                fates.push(before.answer(&hash));
                continue;
            }
            if !only_tells(&one.event.kind) {
                // It may ask what the trail says.
                write_down(&trail, stored_at, tx).await?;
                trail.clear();
            }
            // An outbox may outlive its session, even the shift.
            let done = if workers.contains(&one.event.worker) {
                apply_one(&one.event, &mut ground, app, tx, undo).await
            } else {
                refuse(code::BAD_PROOF)
            };
            let (proof, refused) = match done {
                Ok(proof) => (Some(proof), None),
                Err(Failure::Problem(_)) if undo == Undo::All => return Ok(None),
                Err(Failure::Problem(problem)) => (None, Some(problem.code)),
                Err(failure) => return Err(failure),
            };
            let told = ToldByPhone { proof, signed, chained: chain.take(&one.event, &hash), refused };
            let refused = told.refused.clone();
            known.insert(one.event.id, Before { hash: Some(hash.clone()), refused: refused.clone() });
            stored.push(Stored { event: one, hash, chained: told.chained, refused: refused.clone() });
            let entry = entry(&one.event, &told, tx).await?;
            bodies.push(match &entry {
                Some(entry) => entry.body(stored_at),
                None => Body { id: one.event.id, stored_at, told: Told::ByPhone(told) },
            });
            trail.extend(entry);
            fates.push(refused);
        }
        write_down(&trail, stored_at, tx).await?;
        store(&stored, stored_at, tx).await?;
        log::enter(app, tx, &bodies).await?;
        chain.store(tx).await?;
        Ok(Some(fates))
    }
}

/// Who was ever signed in on this phone: nobody else can have recorded on it.
async fn workers_of(phone: PhoneId, tx: &mut AnyConnection) -> Result<HashSet<WorkerId>, Failure> {
    let rows = sqlx::query("SELECT DISTINCT worker_id FROM sessions WHERE phone_id = $1")
        .bind(phone.to_string())
        .fetch_all(tx)
        .await?;
    Ok(rows.iter().map(|row| row.id("worker_id")).collect::<sqlx::Result<_>>()?)
}

async fn apply_one(
    event: &PhoneEvent,
    ground: &mut Ground,
    app: &App,
    tx: &mut AnyConnection,
    undo: Undo,
) -> Result<Proof, Failure> {
    if undo == Undo::All {
        return apply(event, ground, app, tx).await;
    }
    let mut inner = tx.begin().await?;
    match apply(event, ground, app, &mut inner).await {
        Ok(proof) => {
            inner.commit().await?;
            Ok(proof)
        }
        Err(failure) => {
            inner.rollback().await?;
            Err(failure)
        }
    }
}

/// Neither reads the trail nor changes what stands in it.
fn only_tells(kind: &EventKind) -> bool {
    use EventKind::{DoorCodeShown, DoorOperated, DoorPassed, LockReported};
    matches!(kind, DoorCodeShown | DoorOperated | DoorPassed | LockReported)
}

/// For the trail that people read, where what was refused has no place; that it came is in the log all the same.
async fn entry(
    event: &PhoneEvent,
    told: &ToldByPhone,
    tx: &mut AnyConnection,
) -> Result<Option<Entry>, Failure> {
    let Some(proof) = told.proof.clone() else { return Ok(None) };
    let entry = Entry::of_phone(event, proof, told.clone());
    // Of a visit that is a dispatch, it is the dispatch's too.
    let dispatch = entry.dispatch.or(dispatch_of(entry.visit, tx).await?);
    Ok(Some(Entry { dispatch, ..entry }))
}

/// What an event's id already stands for.
pub(super) struct Before {
    /// Of the signed event; none for the station's own.
    pub(super) hash: Option<String>,
    pub(super) refused: Fate,
}

/// By id.
pub(super) type Known = HashMap<EventId, Before>;

impl Before {
    /// The answer given before. Another event under the same id is refused, the station's own events included.
    fn answer(&self, hash: &str) -> Fate {
        if self.hash.as_deref() == Some(hash) {
            self.refused.clone()
        } else {
            Some(code::CONFLICT.to_owned())
        }
    }
}
