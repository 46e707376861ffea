//! What the store could not do.

/// The phone's own store failed. Shows no values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The key does not open the file, or the file is damaged.
    #[error("the store does not open with this key")]
    WrongKey,
    /// SQLite was built without encryption.
    #[error("the store would not be encrypted")]
    NotEncrypted,
    /// A stored value can't be read.
    #[error("a stored {0} can't be read")]
    Unreadable(&'static str),
    /// An event could not be signed.
    #[error("an event could not be signed")]
    Signing,
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The file is from a newer version, or a migration was changed after it had landed.
    #[error("the store's form")]
    Migration(#[from] sqlx::migrate::MigrateError),
}
