//! Numbered migrations. A landed one never changes: its checksum is stored, and a station whose checksum differs
//! does not start.

use ring::digest::{SHA256, digest};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

use super::dialect::Dialect;

/// Number, name, text with the placeholders of [`Dialect::ddl`].
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("migrations/0001_first.sql")),
    (2, "lock care", include_str!("migrations/0002_lock_care.sql")),
    (3, "log", include_str!("migrations/0003_log.sql")),
    (4, "permissions", include_str!("migrations/0004_permissions.sql")),
    (5, "withdrawals", include_str!("migrations/0005_withdrawals.sql")),
    (6, "bound sessions", include_str!("migrations/0006_bound_sessions.sql")),
    (7, "authority keys", include_str!("migrations/0007_authority_keys.sql")),
    (8, "break glass", include_str!("migrations/0008_break_glass.sql")),
    (9, "continuity", include_str!("migrations/0009_continuity.sql")),
    (10, "clock quality", include_str!("migrations/0010_clock_quality.sql")),
    (11, "own visits", include_str!("migrations/0011_own_visits.sql")),
    (12, "phone policy", include_str!("migrations/0012_phone_policy.sql")),
    (13, "retention", include_str!("migrations/0013_retention.sql")),
    (14, "fetched secrets", include_str!("migrations/0014_fetched_secrets.sql")),
    (15, "lock entries", include_str!("migrations/0015_lock_entries.sql")),
    (16, "joined visits", include_str!("migrations/0016_joined_visits.sql")),
    (17, "roster", include_str!("migrations/0017_roster.sql")),
    (18, "capabilities", include_str!("migrations/0018_capabilities.sql")),
    (19, "refused tokens", include_str!("migrations/0019_refused_tokens.sql")),
    (20, "policy revision", include_str!("migrations/0020_policy_revision.sql")),
    (21, "former numbers", include_str!("migrations/0021_former_numbers.sql")),
    (22, "visits left", include_str!("migrations/0022_visits_left.sql")),
];

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A migration that this database has run reads differently in this version.
    #[error("migration {0} has changed since it was run here")]
    Changed(i64),
    /// The database was migrated by a newer station.
    #[error("the database is at migration {0}, which this station does not know")]
    Newer(i64),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Runs what has not been run, in one transaction.
pub(crate) async fn run(
    connection: &mut AnyConnection,
    dialect: Dialect,
    now_ms: i64,
) -> Result<(), MigrationError> {
    run_those(MIGRATIONS, connection, dialect, now_ms).await
}

async fn run_those(
    migrations: &[(i64, &str, &str)],
    connection: &mut AnyConnection,
    dialect: Dialect,
    now_ms: i64,
) -> Result<(), MigrationError> {
    let mut tx = connection.begin_with(dialect.begin()).await?;
    if let Some(lock) = dialect.lock_migrations() {
        sqlx::raw_sql(lock).execute(&mut *tx).await?;
    }
    let table = "CREATE TABLE IF NOT EXISTS migrations (version {{int}} NOT NULL PRIMARY KEY, \
                 name TEXT NOT NULL, checksum TEXT NOT NULL, applied_ms {{int}} NOT NULL) {{strict}}";
    sqlx::raw_sql(AssertSqlSafe(dialect.ddl(table))).execute(&mut *tx).await?;
    let done =
        sqlx::query("SELECT version, checksum FROM migrations ORDER BY version").fetch_all(&mut *tx).await?;
    for row in &done {
        let (version, stored): (i64, String) = (row.try_get("version")?, row.try_get("checksum")?);
        let known = migrations.iter().find(|m| m.0 == version).ok_or(MigrationError::Newer(version))?;
        if stored != checksum(known.2) {
            return Err(MigrationError::Changed(version));
        }
    }
    for (version, name, template) in &migrations[done.len().min(migrations.len())..] {
        sqlx::raw_sql(AssertSqlSafe(dialect.ddl(template))).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO migrations (version, name, checksum, applied_ms) VALUES ($1, $2, $3, $4)")
            .bind(*version)
            .bind(*name)
            .bind(checksum(template))
            .bind(now_ms)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A SQLite database as the station of an earlier version left it, at migration `version`.
#[cfg(test)]
pub(crate) async fn database_at(version: usize, url: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    run_those(&MIGRATIONS[..version], &mut connection, Dialect::Sqlite, 0).await.unwrap();
    connection
}

fn checksum(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn database() -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect("sqlite::memory:").await.unwrap()
    }

    /// A change to a landed migration must fail here, not at a municipality.
    #[test]
    fn landed_migrations_are_frozen() {
        let frozen = [
            "45af7596093d4dd458081c7f115ee78161da4b6e6980552ce80faaf557daea37",
            "35ee2f528ec6fa1948d37de0cf26c445c61b0b686b9a35c2e457a16828912f03",
            "fc2f11a0becf82a87786677b4bb3de17d3d288161a891c508d215096e3b75f22",
            "fe0b2996f298a2ca4e043856d06a338549b61f995836bab6f1178300194dac2e",
            "a94b0db7af4d4130c39c7089a75c47c6b06ab820e98b3ce6a755a3f648182a03",
            "90ab7296391d0e8b025f3243136d6f7b74e4c974b508c3cefac6d5d90f65c586",
            "ec13c1702ab454eb696db2125135b2d543017c9348772d60b1e46fc78d7611ea",
            "f6190ef756b23a8c8eee96d3026f3de46a0d8165795749c161446e1363624a2b",
            "0c689b729ab27b6d9a7bf443937c91d3c14b30a95efe329cf4eee4b29457f13d",
            "74a9b2788e22270271c245bc14f8ef0dac62ffe509be1c65530c596a005342ff",
            "497e7266d3c19d80fb3b407bf4031379b34e7525aa1b3062f3751a57d03c7580",
            "16f295e8f5a84448fb6a57fd442a3538a218f872f77a7abebc1cb8267ead0311",
            "cada19633e8feeb912f308804c695a02a9c1b76466fe30f573ac98c0f35a2a54",
            "331b2cfc92c3213850db673faec6a34067cb2c1b8393c5da8475ff20055af3b9",
            "37489582d53e669797260a8822d6dc0d553f684b6a1eab4e89d650727257d319",
            "c9466b54784d2625bdf5db3476c9d0fe7d4be72b0338b6529632b0f3b3f3051f",
            "a67d4176b9936586112d2fd9e369cd75c8e29e14852da450299be4b60984df30",
            "4dbdafe5b28c22965059118aea86c865984da49033f14114c532cfdbc9c62b4c",
            "671012d0d76f446e0d5d2b53fb64d7a6b88d97a54f28dbddc0e96565cea8242d",
            "505c230510be511557981eeae317882f59d7f454a2982a32fa23e51dd2515eb4",
            "c30cfbdd697be0ac1fd3f056ae708fe1936d24c99e629e46b80386a340fb4e54",
            "456e8e8fb1affe37f656e7abfd233f3344aeeae9a6a608a3f192d14dfc3df050",
        ];
        let checksums: Vec<String> = MIGRATIONS.iter().map(|(_, _, text)| checksum(text)).collect();
        assert_eq!(checksums, frozen);
        assert!(MIGRATIONS.iter().map(|m| m.0).eq(1..=22));
    }

    #[tokio::test]
    async fn running_twice_changes_nothing_and_a_changed_or_newer_database_is_refused() {
        let mut connection = database().await;
        for _ in 0..2 {
            run(&mut connection, Dialect::Sqlite, 0).await.unwrap();
        }
        sqlx::raw_sql("INSERT INTO migrations VALUES (99, 'later', '', 0)")
            .execute(&mut connection)
            .await
            .unwrap();
        let newer = run(&mut connection, Dialect::Sqlite, 0).await;
        assert!(matches!(newer, Err(MigrationError::Newer(99))));
        sqlx::raw_sql("UPDATE migrations SET checksum = 'x'").execute(&mut connection).await.unwrap();
        let changed = run(&mut connection, Dialect::Sqlite, 0).await;
        assert!(matches!(changed, Err(MigrationError::Changed(1))));
    }

    #[tokio::test]
    async fn sessions_from_before_they_were_bound_are_kept() {
        let mut connection = database().await;
        run_those(&MIGRATIONS[..5], &mut connection, Dialect::Sqlite, 0).await.unwrap();
        let old = "INSERT INTO teams VALUES ('t', 'VEST', 'Vest', 0);
             INSERT INTO workers (id, staff_number, name, pin_hash, created_ms) VALUES ('w', '1001', 'Ada Berg', '', 0);
             INSERT INTO phones VALUES ('p', 'Vest 1', '', x'00', x'00', 0, NULL, 0, '');
             INSERT INTO shifts (id, worker_id, team_id, starts_ms, ends_ms) VALUES ('s', 'w', 't', 0, 9);
             INSERT INTO sessions VALUES ('one', 'x', 'p', 'w', 't', 's', 4, 5, 9, 6), ('two', 'y', 'p', 'w', 't', 's', 4, 7, 9, NULL);";
        sqlx::raw_sql(old).execute(&mut connection).await.unwrap();
        run_those(&MIGRATIONS[..6], &mut connection, Dialect::Sqlite, 0).await.unwrap();
        let rows = sqlx::query("SELECT id, generation, generation_shown FROM sessions ORDER BY started_ms");
        let rows = rows.fetch_all(&mut connection).await.unwrap();
        let read =
            |row: &sqlx::any::AnyRow| (row.get::<String, _>(0), row.get::<i64, _>(1), row.get::<i64, _>(2));
        assert_eq!(rows.iter().map(read).collect::<Vec<_>>(), [("one".into(), 1, 0), ("two".into(), 1, 0)]);
    }

    #[tokio::test]
    async fn the_number_of_a_worker_who_was_dismissed_before_is_free() {
        let mut connection = database().await;
        run_those(&MIGRATIONS[..20], &mut connection, Dialect::Sqlite, 0).await.unwrap();
        let old = "INSERT INTO workers (id, staff_number, name, pin_hash, created_ms, dismissed_ms) VALUES
               ('w', '1001', 'Ada Berg', '', 0, 9), ('v', '1002', 'Bo Lie', '', 0, NULL);";
        sqlx::raw_sql(old).execute(&mut connection).await.unwrap();
        run_those(MIGRATIONS, &mut connection, Dialect::Sqlite, 0).await.unwrap();
        let rows = sqlx::query("SELECT staff_number, COALESCE(former_number, '') FROM workers ORDER BY id");
        let rows = rows.fetch_all(&mut connection).await.unwrap();
        let numbers: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(numbers, [("1002".into(), String::new()), ("w".into(), "1001".into())]);
    }

    #[tokio::test]
    async fn homes_from_before_there_were_rosters_are_in_them() {
        let mut connection = database().await;
        run_those(&MIGRATIONS[..16], &mut connection, Dialect::Sqlite, 0).await.unwrap();
        let old = "INSERT INTO teams (id, code, name, created_ms) VALUES ('t', 'VEST', 'Vest', 0);
             INSERT INTO residents (id, number, team_id, first_name, last_name, address, town, created_ms) VALUES
               ('a', '1', 't', 'Kari', 'Nordmann', '', '', 0), ('b', '2', 't', 'Ola', 'Nordmann', '', '', 0);";
        sqlx::raw_sql(old).execute(&mut connection).await.unwrap();
        run_those(&MIGRATIONS[..17], &mut connection, Dialect::Sqlite, 0).await.unwrap();
        let rows =
            sqlx::query("SELECT resident_id, revision FROM roster WHERE revision < 0 ORDER BY revision");
        let rows = rows.fetch_all(&mut connection).await.unwrap();
        let homes: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(homes, [("b".into(), -2), ("a".into(), -1)]);
    }
}
