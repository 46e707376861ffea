//! The database: one SQL for SQLite and PostgreSQL (design law 9), writes as retried transactions.

pub(crate) mod dialect;
pub(crate) mod migrations;
mod row;

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Connection as _};

use crate::app::App;
use crate::log::append_waiting;
use crate::problem::Failure;
use dialect::Dialect;
pub use migrations::MigrationError;
pub(crate) use row::{Columns, in_brackets};

/// How often a transaction is run again after a lock conflict.
const ATTEMPTS: u32 = 8;

/// Pools to one database.
pub(crate) struct Db {
    /// For statements that only read.
    pub(crate) read: AnyPool,
    write: AnyPool,
    dialect: Dialect,
}

/// One write operation: everything it changes is stored together or not at all. It may be run more than once.
pub(crate) trait Write: Sync {
    /// What the caller gets when it is stored.
    type Output: Send;

    /// Does it, inside a transaction. A [`Failure`] rolls everything back.
    fn run(
        &self,
        app: &App,
        tx: &mut AnyConnection,
    ) -> impl Future<Output = Result<Self::Output, Failure>> + Send;
}

impl Db {
    /// Connects and brings the schema up to date.
    pub(crate) async fn open(url: &str, now_ms: i64) -> Result<Self, MigrationError> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url);
        let write = pool(dialect, false).connect(url).await?;
        migrations::run(&mut *write.acquire().await?, dialect, now_ms).await?;
        let read = pool(dialect, true).connect(url).await?;
        Ok(Self { read, write, dialect })
    }

    /// Runs `operation` in a transaction, again where only a lock conflict stood in its way.
    pub(crate) async fn write<W: Write>(&self, app: &App, operation: &W) -> Result<W::Output, Failure> {
        let mut attempt = 1;
        loop {
            match self.write_once(app, operation).await {
                Err(Failure::Database(e)) if attempt < ATTEMPTS && self.dialect.is_transient(&e) => {
                    tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn write_once<W: Write>(&self, app: &App, operation: &W) -> Result<W::Output, Failure> {
        let mut connection = self.write.acquire().await?;
        let done = self.write_on(&mut connection, app, operation).await;
        if matches!(&done, Err(Failure::Database(e)) if !self.dialect.is_transient(e)) {
            // Where the disk has failed, SQLite has ended the transaction itself, and sqlx believes that it goes on: on this
            // connection none could be begun any more.
            connection.close_on_drop();
        }
        done
    }

    async fn write_on<W: Write>(
        &self,
        connection: &mut AnyConnection,
        app: &App,
        operation: &W,
    ) -> Result<W::Output, Failure> {
        let mut tx = connection.begin_with(self.dialect.begin()).await?;
        let output = operation.run(app, &mut tx).await?;
        append_waiting(&mut tx).await?;
        tx.commit().await?;
        Ok(output)
    }

    /// Waits until running statements are done and closes all connections.
    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

fn pool(dialect: Dialect, reader: bool) -> AnyPoolOptions {
    let size = if reader { dialect.readers() } else { dialect.writers() };
    AnyPoolOptions::new().max_connections(size).acquire_timeout(Duration::from_secs(10)).after_connect(
        move |connection, _| Box::pin(async move { dialect.prepare(connection, reader).await }),
    )
}

/// Milliseconds since 1970, as times are stored.
pub(crate) fn ms(at: terskel_model::Timestamp) -> i64 {
    at.timestamp_millis()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use terskel_model::Timestamp;
    use terskel_model::world::ManualWorld;

    use super::*;
    use crate::station::{Config, open};

    /// As SQLite itself does when it can't write.
    struct DiskFails;

    impl Write for DiskFails {
        type Output = ();

        async fn run(&self, _app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
            sqlx::raw_sql("ROLLBACK").execute(tx).await?;
            Ok(())
        }
    }

    struct Nothing;

    impl Write for Nothing {
        type Output = ();

        async fn run(&self, _app: &App, _tx: &mut AnyConnection) -> Result<(), Failure> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_station_whose_disk_has_failed_once_stores_again() {
        let data = tempfile::tempdir().unwrap();
        let config = Config::new(data.path().to_owned());
        let app = open(&config, Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 1))).await.unwrap();
        assert!(matches!(app.write(&DiskFails).await, Err(Failure::Database(_))));
        app.write(&Nothing).await.unwrap();
    }
}
