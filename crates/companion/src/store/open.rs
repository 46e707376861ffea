//! Opening the file, and the one connection that everything goes through.

use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use terskel_keys::PhoneIdentity;
use terskel_model::PhoneId;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use super::{Result, StoreError, StoreKey};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations");

/// The phone's store. Calls queue for its one connection.
pub(crate) struct Store {
    /// Gone only while the store is being dropped; the one within only after a failure.
    connection: Option<Mutex<Option<SqliteConnection>>>,
    /// How it is opened, again too. The key is in them, as it is in SQLCipher's memory.
    options: SqliteConnectOptions,
    /// What the phone's identity was read as, and of which enrolment.
    pub(super) identity: Mutex<Option<(PhoneId, Arc<PhoneIdentity>)>>,
}

impl Store {
    /// Opens or makes the file.
    pub(crate) async fn open(path: &Path, key: &StoreKey) -> Result<Self> {
        // A raw key, so that no passphrase is stretched at each start. sqlx sends this pragma first.
        Self::connect(options(path).pragma("key", key.pragma().to_string())).await
    }

    async fn connect(options: SqliteConnectOptions) -> Result<Self> {
        let mut connection = options.connect().await.map_err(not_a_database)?;
        let cipher: Option<String> =
            sqlx::query_scalar("PRAGMA cipher_version").fetch_optional(&mut connection).await?;
        if cipher.is_none_or(|version| version.is_empty()) {
            return Err(StoreError::NotEncrypted);
        }
        sqlx::query("SELECT count(*) FROM sqlite_master")
            .execute(&mut connection)
            .await
            .map_err(not_a_database)?;
        MIGRATIONS.run(&mut connection).await?;
        Ok(Self { connection: Some(Mutex::new(Some(connection))), options, identity: Mutex::new(None) })
    }

    /// The connection, for one operation, in no transaction.
    pub(super) async fn connection(&self) -> Result<Guard<'_>> {
        let Some(connection) = &self.connection else { return std::future::pending().await };
        #[cfg(test)]
        let anchor = crate::testing::Anchor::drop_here();
        let mut held = connection.lock().await;
        if let Some(lost) = held.take_if(|connection| connection.is_in_transaction()) {
            *held = leave_transaction(lost).await?;
        }
        if held.is_none() {
            tracing::warn!("the store is opened anew after a failure");
            *held = Some(self.options.connect().await?);
        }
        let connection = MutexGuard::try_map(held, Option::as_mut);
        Ok(Guard {
            #[cfg(test)]
            _anchor: anchor,
            connection: connection.map_err(|_| StoreError::Unreadable("connection"))?,
        })
    }
}

/// A transaction that somebody gave up is being rolled back. Where the disk had failed, SQLite has done so before, sqlx fails
/// to, and takes every transaction from then on for a part of that one: what is committed would be gone with the process.
/// Then the connection is none any more.
async fn leave_transaction(mut connection: SqliteConnection) -> Result<Option<SqliteConnection>> {
    connection.ping().await?;
    if !connection.is_in_transaction() {
        return Ok(Some(connection));
    }
    connection.close_hard().await?;
    Ok(None)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .pragma("secure_delete", "ON")
        .journal_mode(SqliteJournalMode::Wal)
        // Full: an event that was told must outlive a flat battery.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .collation("norwegian", crate::roster::norwegian)
        .collation("swedish", crate::roster::swedish)
        .disable_statement_logging()
}

/// What encryption costs is measured beside a copy without.
#[cfg(test)]
impl Store {
    pub(crate) async fn copy_unencrypted(&self, to: &Path) -> Result<()> {
        let mut guard = self.connection().await?;
        let attach = sqlx::query("ATTACH DATABASE $1 AS copy KEY ''").bind(to.display().to_string());
        attach.execute(&mut *guard).await?;
        sqlx::query("SELECT sqlcipher_export('copy')").execute(&mut *guard).await?;
        sqlx::query("DETACH DATABASE copy").execute(&mut *guard).await?;
        Ok(())
    }

    pub(crate) async fn open_unencrypted(path: &Path) -> Result<Self> {
        Self::connect(options(path)).await
    }
}

/// SQLite works in a thread of its own. A process must not end while that thread still closes the file: SQLCipher's
/// cryptography is taken down at exit, under its hands.
impl Drop for Store {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take().and_then(Mutex::into_inner) else { return };
        let closed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build()?;
            runtime.block_on(connection.close()).map_err(std::io::Error::other)
        })
        .join();
        match closed {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the store did not close cleanly"),
            Err(_) => tracing::warn!("the store did not close"),
        }
    }
}

/// The connection, for one operation.
pub(super) struct Guard<'a> {
    /// Holds virtual time still while SQLite's own thread works.
    #[cfg(test)]
    _anchor: crate::testing::Anchor,
    connection: MappedMutexGuard<'a, SqliteConnection>,
}

impl std::ops::Deref for Guard<'_> {
    type Target = SqliteConnection;
    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl std::ops::DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

/// SQLITE_NOTADB: what a wrong key looks like.
fn not_a_database(error: sqlx::Error) -> StoreError {
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
        Some(code) if code == "26" => StoreError::WrongKey,
        _ => StoreError::Database(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn another_key_opens_nothing_and_the_file_shows_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("phone.db");
        Store::open(&path, &StoreKey::new([1; 32])).await.unwrap();
        assert!(matches!(Store::open(&path, &StoreKey::new([2; 32])).await, Err(StoreError::WrongKey)));
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.starts_with(b"SQLite format"));
        assert!(!bytes.windows(8).any(|w| w == b"dispatch"));
        Store::open(&path, &StoreKey::new([1; 32])).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_stored_after_a_failure_of_the_disk_outlives_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let (path, key) = (dir.path().join("phone.db"), StoreKey::new([1; 32]));
        let store = Store::open(&path, &key).await.unwrap();
        let mut guard = store.connection().await.unwrap();
        let mut failed = guard.begin().await.unwrap();
        // As SQLite itself does when it can't write.
        sqlx::raw_sql("ROLLBACK").execute(&mut *failed).await.unwrap();
        assert!(failed.commit().await.is_err());
        drop(guard);
        // Given up, as when there was nothing to change.
        drop(store.connection().await.unwrap().begin().await.unwrap());
        let mut guard = store.connection().await.unwrap();
        let mut tx = guard.begin().await.unwrap();
        sqlx::query("INSERT INTO cursor (last_event_id) VALUES ('7')").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        drop(guard);
        // A process that dies closes nothing.
        let other = Store::open(&path, &key).await.unwrap();
        let stored: String = sqlx::query_scalar("SELECT last_event_id FROM cursor")
            .fetch_one(&mut *other.connection().await.unwrap())
            .await
            .unwrap();
        assert_eq!(stored, "7");
    }
}
