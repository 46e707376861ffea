//! What is stored of fetched secrets: until when each is good, and when its source is asked next.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use terskel_locks::family::{FAMILIES, find};
use terskel_model::digital_key::KeyWanting;
use terskel_model::door::LockFamily;
use terskel_model::{LockId, ResidentId, Timestamp};
use zeroize::Zeroizing;

use super::refused::{YOUNG, replaced};
use super::{Fetched, Lock, SourceError};
use crate::app::App;
use crate::db::{Columns, Write, ms};
use crate::problem::Failure;

/// No key is made of what ends within this: its lock's clock may be ahead.
const MARGIN: TimeDelta = TimeDelta::minutes(2);
/// What lasts is fetched anew as often.
const REFRESH_EVERY: TimeDelta = TimeDelta::hours(12);
/// And what ends soon, no more often than this.
const REFRESH_AT_MOST: TimeDelta = TimeDelta::minutes(5);
/// A lock of which its source told nothing, though others' questions may be answered: these come first.
const SILENT_AGAIN: TimeDelta = TimeDelta::minutes(5);
/// A lock that its source does not know.
const UNKNOWN_AGAIN: TimeDelta = TimeDelta::hours(1);

/// A lock's secret, as it may go into a key now.
pub(crate) struct Held {
    pub(crate) credential: Zeroizing<Vec<u8>>,
    pub(crate) from: Option<Timestamp>,
    /// No key may outlive it.
    pub(crate) until: Option<Timestamp>,
}

/// The secret of a lock, or why there is none.
pub(crate) async fn held(
    lock: LockId,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Result<Held, KeyWanting>, Failure> {
    let row = sqlx::query(
        "SELECT l.family, l.credential_sealed, f.given, f.from_ms, f.until_ms, f.fetched_ms, f.failure
         FROM locks l LEFT JOIN fetched_secrets f ON f.lock_id = l.id WHERE l.id = $1",
    )
    .bind(lock.to_string())
    .fetch_one(tx)
    .await?;
    if let Some(wanting) = wanting(&row, app)? {
        return Ok(Err(wanting));
    }
    let credential = app.seal.open(lock.0, &row.bytes("credential_sealed")?)?;
    let until = row.time_or_none("until_ms")?.map(|until| until - MARGIN);
    Ok(Ok(Held { credential, from: row.time_or_none("from_ms")?, until }))
}

/// `given` is null where there is no row, and the secret is the one that was given.
fn wanting(row: &AnyRow, app: &App) -> Result<Option<KeyWanting>, Failure> {
    if row.int_or_none("given")? != Some(0) {
        return Ok(None);
    }
    let family = LockFamily::from(row.text("family")?.as_str());
    let failed = row.text_or_none("failure")?.map(|failure| KeyWanting::from(failure.as_str()));
    let why = |otherwise| app.sources.trouble(&family).or(failed).unwrap_or(otherwise);
    if row.time_or_none("fetched_ms")?.is_none() {
        return Ok(Some(why(KeyWanting::NotAsked)));
    }
    if row.time_or_none("from_ms")?.is_some_and(|from| from > app.now()) {
        return Ok(Some(KeyWanting::TokenNotYet));
    }
    let ended = row.time_or_none("until_ms")?.is_some_and(|until| until - MARGIN <= app.now());
    Ok(ended.then(|| why(KeyWanting::TokenEnded)))
}

/// A lock is added with this secret, or without any.
pub(crate) async fn begin(
    lock: LockId,
    secret: &[u8],
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let before = "DELETE FROM fetched_secrets WHERE lock_id = $1";
    sqlx::query(before).bind(lock.to_string()).execute(&mut *tx).await?;
    if !secret.is_empty() {
        return Ok(());
    }
    sqlx::query("INSERT INTO fetched_secrets (lock_id, given, next_ms) VALUES ($1, 0, $2)")
        .bind(lock.to_string())
        .bind(ms(app.now()))
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether the lock's secret is its source's, and no longer the one that it was given.
pub(crate) async fn is_fetched(lock: LockId, tx: &mut AnyConnection) -> sqlx::Result<bool> {
    let row = sqlx::query("SELECT given FROM fetched_secrets WHERE lock_id = $1 AND given = 0")
        .bind(lock.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

/// Locks of a family, in doors, whose source is to be asked now, the longest waiting first.
pub(super) async fn due(
    family: &LockFamily,
    most: u16,
    now: Timestamp,
    reader: &mut AnyConnection,
) -> Result<Vec<Lock>, Failure> {
    let rows = sqlx::query(
        "SELECT l.id, l.device_id FROM locks l LEFT JOIN fetched_secrets f ON f.lock_id = l.id
         WHERE l.family = $1 AND COALESCE(f.next_ms, 0) <= $2
         AND EXISTS (SELECT 1 FROM doors d WHERE d.lock_id = l.id) ORDER BY COALESCE(f.next_ms, 0), l.id LIMIT $3",
    )
    .bind(family.as_str())
    .bind(ms(now))
    .bind(i64::from(most))
    .fetch_all(reader)
    .await?;
    Ok(rows.iter().map(lock).collect::<sqlx::Result<_>>()?)
}

/// Locks of a family, at these homes, that no key can be issued for until their source has been asked, or none that they
/// would take.
pub(super) async fn wanting_at(
    homes: &BTreeSet<ResidentId>,
    family: &LockFamily,
    now: Timestamp,
    reader: &mut AnyConnection,
) -> Result<Vec<Lock>, Failure> {
    let rows = sqlx::query(
        "SELECT rd.resident_id, l.id, l.device_id FROM fetched_secrets f JOIN locks l ON l.id = f.lock_id
         JOIN doors d ON d.lock_id = l.id JOIN resident_doors rd ON rd.door_id = d.id
         WHERE l.family = $1 AND f.given = 0 AND (f.fetched_ms IS NULL OR f.until_ms <= $2 OR (f.refused_ms IS NOT NULL AND f.fetched_ms <= $4))
         AND (f.failure IS NULL OR f.next_ms <= $3)",
    )
    .bind(family.as_str())
    .bind(ms(now + MARGIN))
    .bind(ms(now))
    .bind(ms(now - YOUNG))
    .fetch_all(reader)
    .await?;
    let mut locks: BTreeMap<LockId, Lock> = BTreeMap::new();
    for row in &rows {
        if homes.contains(&row.id("resident_id")?) {
            let lock = lock(row)?;
            locks.insert(lock.id, lock);
        }
    }
    Ok(locks.into_values().collect())
}

fn lock(row: &AnyRow) -> sqlx::Result<Lock> {
    Ok(Lock { id: row.id("id")?, device_id: row.text("device_id")? })
}

/// Stores what a source said of a lock.
pub(super) struct Told<'a> {
    pub(super) lock: LockId,
    pub(super) answer: &'a Result<Box<dyn Fetched>, SourceError>,
}

impl Write for Told<'_> {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        match self.answer {
            Ok(fetched) => match self.merge(&**fetched, app, tx).await? {
                true => self.fetched(&**fetched, app, tx).await,
                false => self.unknown(app, tx).await,
            },
            Err(SourceError::Unknown) => self.unknown(app, tx).await,
            // Most likely the source as a whole. Where it is this lock, it is not to be the first in the queue each time.
            Err(SourceError::Silent | SourceError::Refused) => self.later(app, tx).await,
        }
    }
}

impl Told<'_> {
    /// False: the lock's family cannot use it.
    async fn merge(&self, fetched: &dyn Fetched, app: &App, tx: &mut AnyConnection) -> Result<bool, Failure> {
        let row = sqlx::query("SELECT family, device_id, credential_sealed FROM locks WHERE id = $1")
            .bind(self.lock.to_string())
            .fetch_one(&mut *tx)
            .await?;
        let sealed = row.bytes("credential_sealed")?;
        // Erased: the lock has gone out of its door meanwhile.
        if sealed.is_empty() {
            return Ok(false);
        }
        let held = app.seal.open(self.lock.0, &sealed)?;
        let family = find(FAMILIES, &LockFamily::from(row.text("family")?.as_str()));
        let device_id = row.text("device_id")?;
        let merged = fetched.merged(&held).zip(family);
        let merged = merged.filter(|(secret, family)| family.check(&device_id, secret).is_ok());
        let Some((merged, _)) = merged else { return Ok(false) };
        if merged != held {
            sqlx::query("UPDATE locks SET credential_sealed = $1 WHERE id = $2")
                .bind(app.seal.seal(self.lock.0, &merged, &*app.world)?)
                .bind(self.lock.to_string())
                .execute(tx)
                .await?;
        }
        Ok(true)
    }

    async fn fetched(&self, fetched: &dyn Fetched, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        replaced(self.lock, tx).await?;
        let left = fetched.until().map(|until| until - app.now());
        let again = left.map_or(REFRESH_EVERY, |left| (left / 2).clamp(REFRESH_AT_MOST, REFRESH_EVERY));
        sqlx::query(
            "INSERT INTO fetched_secrets (lock_id, given, from_ms, until_ms, fetched_ms, next_ms)
             VALUES ($1, 0, $2, $3, $4, $5) ON CONFLICT (lock_id) DO UPDATE SET given = 0, from_ms = excluded.from_ms,
             until_ms = excluded.until_ms, fetched_ms = excluded.fetched_ms, failure = NULL, next_ms = excluded.next_ms,
             refused_ms = NULL, failed_ms = NULL",
        )
        .bind(self.lock.to_string())
        .bind(fetched.from().map(ms))
        .bind(fetched.until().map(ms))
        .bind(ms(app.now()))
        .bind(ms(app.now() + again))
        .execute(tx)
        .await?;
        Ok(())
    }

    /// A request that wants it asks all the same.
    async fn later(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::query(
            "INSERT INTO fetched_secrets (lock_id, given, next_ms) VALUES ($1, 1, $2)
             ON CONFLICT (lock_id) DO UPDATE SET next_ms = excluded.next_ms",
        )
        .bind(self.lock.to_string())
        .bind(ms(app.now() + SILENT_AGAIN))
        .execute(tx)
        .await?;
        Ok(())
    }

    async fn unknown(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::query(
            "INSERT INTO fetched_secrets (lock_id, given, failure, next_ms, failed_ms) VALUES ($1, 1, $2, $3, $4)
             ON CONFLICT (lock_id) DO UPDATE SET failure = excluded.failure, next_ms = excluded.next_ms,
             failed_ms = COALESCE(fetched_secrets.failed_ms, excluded.failed_ms)",
        )
        .bind(self.lock.to_string())
        .bind(KeyWanting::LockUnknown.as_str())
        .bind(ms(app.now() + UNKNOWN_AGAIN))
        .bind(ms(app.now()))
        .execute(tx)
        .await?;
        Ok(())
    }
}
