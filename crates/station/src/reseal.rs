//! `terskel-station reseal`: everything that is sealed, under a new master key.
//!
//! The new key is written beside the old one, all rows are sealed anew in one transaction, then the files change names.
//! Whatever is interrupted, one of the two keys opens all rows; [`master`] finds out which, at the next start.

use std::fs::{File, OpenOptions, rename};
use std::path::{Path, PathBuf};

use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_model::Entropy;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::app::App;
use crate::db::{Columns, Db, Write};
use crate::problem::Failure;
use crate::seal::Seal;
use crate::secret_file::{self, SecretFileError};

/// Tables with an `id` that the secret is bound to, and the column it lies in.
const SEALED: [(&str, &str); 3] =
    [("locks", "credential_sealed"), ("doors", "code_sealed"), ("lock_entries", "secret_sealed")];

/// Why the master key cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Its file.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// It is not the one that the database's secrets were sealed with.
    #[error(
        "{0} does not open what is stored: put the right one there, from another node or from the backup"
    )]
    Wrong(PathBuf),
    /// A station works with this directory.
    #[error("a station is running: stop it first, and its other nodes too")]
    Running,
    /// A file cannot be locked or change its name.
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    /// The database.
    #[error("the database did not take the new secrets")]
    Database,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// How many secrets.
    pub secrets: usize,
    /// Where the old key lies now: backups from before need it.
    pub old_key: PathBuf,
}

/// Held by every running station, and alone by who changes the master key.
pub(crate) fn hold(data: &Path, alone: bool) -> Result<File, MasterKeyError> {
    let path = data.join("station.lock");
    let io = |e| MasterKeyError::Io(path.clone(), e);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    let held = if alone { file.try_lock() } else { file.try_lock_shared() };
    held.map_err(|_| MasterKeyError::Running)?;
    Ok(file)
}

/// The key that opens what is stored; at the first start, a new one.
pub(crate) async fn master(
    data: &Path,
    db: &Db,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<[u8; 32]>, MasterKeyError> {
    let (present, next) = (data.join("master.key"), data.join("master.key.next"));
    if let Ok(key) = secret_file::read(&next)
        && opens(db, &seal(&key, &next)?).await? == Some(true)
    {
        // Interrupted after the transaction.
        change_names(data, entropy)?;
    }
    let key = secret_file::read_or_make(&present, entropy)?;
    match opens(db, &seal(&key, &present)?).await? {
        Some(false) => Err(MasterKeyError::Wrong(present)),
        Some(true) | None => Ok(key),
    }
}

/// Seals all anew. Nobody else works with the directory meanwhile.
pub(crate) async fn seal_anew(app: &App, data: &Path) -> Result<Resealed, MasterKeyError> {
    let next = data.join("master.key.next");
    let key = seal(&*secret_file::read_or_make(&next, &*app.world)?, &next)?;
    let done = app.write(&Reseal { to: &key }).await;
    let secrets = done.map_err(|error| {
        tracing::error!(error = error.for_log(), "sealing anew");
        MasterKeyError::Database
    })?;
    Ok(Resealed { secrets, old_key: change_names(data, &*app.world)? })
}

fn seal(key: &[u8; 32], path: &Path) -> Result<Seal, MasterKeyError> {
    Seal::new(key).ok_or_else(|| SecretFileError::Length(path.to_owned()).into())
}

/// `master.key` is kept under another name, and `master.key.next` takes its place.
fn change_names(data: &Path, entropy: &dyn Entropy) -> Result<PathBuf, MasterKeyError> {
    let (present, next) = (data.join("master.key"), data.join("master.key.next"));
    let old = data
        .join(format!("master.key.old-{:08x}", u32::from_be_bytes(terskel_model::world::random(entropy))));
    for (from, to) in [(&present, &old), (&next, &present)] {
        match rename(from, to) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && from == &present => {}
            renamed => renamed.map_err(|error| MasterKeyError::Io(from.clone(), error))?,
        }
    }
    Ok(old)
}

/// Whether the key opens what is stored: all of it is sealed under one key. `None`: there is nothing.
async fn opens(db: &Db, key: &Seal) -> Result<Option<bool>, MasterKeyError> {
    let failed = |_| MasterKeyError::Database;
    let mut reader = db.read.acquire().await.map_err(failed)?;
    for (table, column) in SEALED {
        let sql = format!("SELECT id, {column} AS sealed FROM {table} WHERE length({column}) > 0 LIMIT 1");
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_optional(&mut *reader).await.map_err(failed)?;
        if let Some(row) = row {
            let id: Uuid = row.id("id").map_err(failed)?;
            return Ok(Some(key.open(id, &row.bytes("sealed").map_err(failed)?).is_ok()));
        }
    }
    Ok(None)
}

struct Reseal<'a> {
    to: &'a Seal,
}

impl Write for Reseal<'_> {
    type Output = usize;

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<usize, Failure> {
        let mut secrets = 0;
        for (table, column) in SEALED {
            // The names are the ones above; nothing from outside is in the text.
            let select = format!("SELECT id, {column} AS sealed FROM {table} WHERE length({column}) > 0");
            let update = format!("UPDATE {table} SET {column} = $1 WHERE id = $2");
            for row in sqlx::query(AssertSqlSafe(select)).fetch_all(&mut *tx).await? {
                let id: Uuid = row.id("id")?;
                let secret = app.seal.open(id, &row.bytes("sealed")?)?;
                sqlx::query(AssertSqlSafe(update.clone()))
                    .bind(self.to.seal(id, &secret, &*app.world)?)
                    .bind(row.text("id")?)
                    .execute(&mut *tx)
                    .await?;
                secrets += 1;
            }
        }
        Ok(secrets)
    }
}
