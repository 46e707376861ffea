//! A database for one test.

use sqlx::{AssertSqlSafe, Connection};
use terskel_model::world::{SystemWorld, random};

/// Where a test's station keeps its data.
pub(crate) struct Database {
    pub(crate) url: Option<String>,
    server: Option<(String, String)>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        Self { url: None, server: None }
    }

    /// A new database on the test server; `None` when there is no server to test on.
    pub(crate) async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("TERSKEL_TEST_DATABASE_URL") else {
            eprintln!("\n*** SKIPPED ON POSTGRESQL: TERSKEL_TEST_DATABASE_URL is not set ***\n");
            return None;
        };
        let name = format!("terskel_{:032x}", u128::from_be_bytes(random(&SystemWorld)));
        execute(&server, format!("CREATE DATABASE {name} STRATEGY FILE_COPY")).await;
        let (base, query) = server.split_once('?').unwrap_or((&server, ""));
        let host = base.rsplit_once('/').expect("a database URL has a path").0;
        Some(Self { url: Some(format!("{host}/{name}?{query}")), server: Some((server.clone(), name)) })
    }

    pub(crate) async fn drop(self) {
        if let Some((server, name)) = self.server {
            execute(&server, format!("DROP DATABASE {name}")).await;
        }
    }
}

async fn execute(server: &str, sql: String) {
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(server).await.expect("the test server answers");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the test server obeys");
}
