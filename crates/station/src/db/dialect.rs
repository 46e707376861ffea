//! What differs between SQLite and PostgreSQL. Nothing outside this file asks which of the two it is.

use std::path::Path;

use sqlx::{AnyConnection, Executor};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// By the scheme of a connection URL.
    pub(crate) fn of(url: &str) -> Self {
        if url.starts_with("postgres") { Self::Postgres } else { Self::Sqlite }
    }

    /// Puts this database's words into a migration.
    pub(crate) fn ddl(self, template: &str) -> String {
        let (int, bytes, serial, strict) = match self {
            Self::Sqlite => ("INTEGER", "BLOB", "INTEGER PRIMARY KEY AUTOINCREMENT", "STRICT"),
            Self::Postgres => ("BIGINT", "BYTEA", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", ""),
        };
        template
            .replace("{{int}}", int)
            .replace("{{bytes}}", bytes)
            .replace("{{serial}}", serial)
            .replace("{{strict}}", strict)
    }

    /// Starts a writing transaction. SQLite takes the write lock at once: a lock taken later cannot be waited for.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Keeps two nodes from migrating at the same time.
    pub(crate) fn lock_migrations(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SELECT pg_advisory_xact_lock(7263776)"),
        }
    }

    /// Connections that may write. SQLite has one writer: a queue in the pool is fairer than its busy handler.
    pub(crate) fn writers(self) -> u32 {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => 8,
        }
    }

    /// Connections that only read.
    pub(crate) fn readers(self) -> u32 {
        match self {
            Self::Sqlite => 4,
            Self::Postgres => 8,
        }
    }

    /// Sets up a new connection.
    pub(crate) async fn prepare(self, connection: &mut AnyConnection, reader: bool) -> sqlx::Result<()> {
        match (self, reader) {
            (Self::Sqlite, false) => {
                connection
                    .execute(
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; \
                         PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;",
                    )
                    .await?;
            }
            (Self::Sqlite, true) => {
                connection.execute("PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;").await?;
            }
            (Self::Postgres, _) => {
                connection.execute("SET client_min_messages = warning").await?;
            }
        }
        Ok(())
    }

    /// Whether the same transaction may well succeed when it is run again: lock conflicts and deadlocks.
    pub(crate) fn is_transient(self, error: &sqlx::Error) -> bool {
        let Some(code) = error.as_database_error().and_then(|e| e.code()) else { return false };
        match self {
            // SQLITE_BUSY, SQLITE_LOCKED and their extended codes (low byte).
            Self::Sqlite => code.parse::<i64>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)),
            // serialization_failure, deadlock_detected.
            Self::Postgres => matches!(code.as_ref(), "40001" | "40P01"),
        }
    }
}

/// The URL of the SQLite file in the data directory; characters that mean something in a URL are escaped.
pub(crate) fn sqlite_url(data: &Path) -> String {
    let path = data.join("station.sqlite").to_string_lossy().into_owned();
    let escaped: String = path
        .bytes()
        .map(|b| match b {
            b'/' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    format!("sqlite://{escaped}?mode=rwc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_has_no_placeholder_left() {
        let template = include_str!("migrations/0001_first.sql");
        assert!(!Dialect::Sqlite.ddl(template).contains("{{"));
        assert!(!Dialect::Postgres.ddl(template).contains("{{"));
    }

    #[test]
    fn odd_characters_in_the_data_directory_survive_the_url() {
        assert_eq!(
            sqlite_url(Path::new("/var/lib/æ ?x")),
            "sqlite:///var/lib/%C3%A6%20%3Fx/station.sqlite?mode=rwc"
        );
    }
}
