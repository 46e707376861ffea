//! Everything that the station's database has a place for, and until when: `docs/retention.md`, held against the schema. A
//! table or column that nobody has thought about fails here.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

use super::rules::{BATCH, RULES};
use crate::db::dialect::Dialect;
use crate::db::migrations;

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    /// It goes, by this rule.
    Gone(&'static str),
    /// It stays; these columns are emptied, by these rules.
    Emptied(&'static str, &'static str),
    /// It goes by itself, or is replaced, while the station works.
    Passing,
    /// It says nothing about people, or they are at work for the municipality.
    Stays,
}
use Until::{Emptied, Gone, Passing, Stays};

/// Table, columns, until when, and how a row of `docs/retention.md` that tells of it begins.
const KEPT: &[(&str, &str, Until, &str)] = &[
    ("access_turn", "one turns", Stays, "counters"),
    ("api_tokens", "id role name token_hash created_ms", Stays, "teams, other organisations"),
    (
        "audit",
        "position id at_ms stored_ms kind dispatch_id worker_id phone_id door_id operation outcome reason key_id proof \
         permission_id clock visit_id",
        Gone("audit_events"),
        "audit trail",
    ),
    (
        "authority_keys",
        "kid public_key announced_ms signs_from_ms withdrawn_ms",
        Stays,
        "public keys of the key authority",
    ),
    (
        "broken_glass",
        "id resident_id team_id worker_id phone_id reason told at_ms revision reviewed_ms reviewed_by review",
        Gone("emergencies"),
        "emergencies",
    ),
    ("continuity", "team_id body changed_ms changed_by", Passing, "a team's plan"),
    ("deadlines", "dispatch_id kind due_ms", Passing, "dispatches"),
    ("declines", "dispatch_id phone_id worker_id reason at_ms", Gone("declines"), "declines with reason"),
    ("deliveries", "dispatch_id phone_id at_ms", Gone("deliveries"), "declines with reason"),
    (
        "dispatches",
        "id centre_id reference resident_id team_id cause note raised_ms received_ms phase accept_by_ms unanswered_ms \
         worker_id phone_id accepted_ms arrive_by_ms overdue_ms arrived_ms closed_ms revision",
        Gone("dispatches"),
        "dispatches",
    ),
    (
        "doors",
        "id kind name lock_id code_sealed key_cabinet key_tag",
        Emptied("ended_ways_in door_names", "name lock_id code_sealed key_cabinet key_tag"),
        "codes of doors",
    ),
    (
        "enrolment_codes",
        "code_hash note created_ms ends_ms used_ms",
        Gone("one_time_codes"),
        "one-time codes",
    ),
    (
        "fetched_secrets",
        "lock_id given from_ms until_ms fetched_ms failure next_ms refused_ms failed_ms",
        Stays,
        "secrets of locks",
    ),
    ("hub_receipts", "hub_id counter event_id", Stays, "counters"),
    ("hubs", "id address public_key", Stays, "hubs"),
    (
        "issued_keys",
        "id dispatch_id permission_id door_id lock_id worker_id phone_id operations expires_ms withdrawn_ms signed \
         withdrawal_id break_glass_id entry_plan",
        Gone("digital_keys"),
        "digital keys",
    ),
    (
        "lead_sessions",
        "token_hash worker_id team_id started_ms ends_ms ended_ms",
        Gone("lead_sessions"),
        "sessions of leads",
    ),
    (
        "lock_entries",
        "id lock_id phone_id permission_id name secret_sealed from_ms until_ms authorization_id written_until_ms",
        Gone("lock_entries"),
        "entries in locks' own lists",
    ),
    (
        "lock_log",
        "lock_id entry at_ms by_name operation done stored_ms",
        Emptied("audit_events", "by_name at_ms"),
        "the last report of each lock",
    ),
    ("lock_reports", "lock_id at_ms report", Passing, "the last report of each lock"),
    (
        "locks",
        "id family address device_id credential_sealed certificate_pin certificate_pinned_ms certificate_other",
        Emptied("lock_secrets", "credential_sealed"),
        "secrets of locks",
    ),
    ("log_backlog", "place event_id", Passing, "audit trail"),
    ("log_checkpoints", "size note signed_ms", Stays, "checkpoints of the log"),
    (
        "log_entries",
        "arrival position event_id stored_ms hashes salt body",
        Emptied("audit_events", "salt body"),
        "audit trail",
    ),
    ("log_head", "one size edge", Stays, "counters"),
    ("organisations", "id name created_ms", Stays, "teams, other organisations"),
    (
        "own_visits",
        "id phone_id worker_id resident_id reason begun_ms arrived_ms closed_ms stored_ms dispatch_id left_ms",
        Gone("own_visits"),
        "visits that nobody was dispatched to",
    ),
    (
        "permission_uses",
        "permission_id door_id phone_id key_id key_until_ms opened_ms",
        Gone("permission_uses"),
        "permissions",
    ),
    (
        "permissions",
        "id team_id who_kind who_id who_role what_kind what_id term from_ms until_ms windows met_by operations note \
         given_ms given_by taken_ms taken_by revision",
        Gone("permissions"),
        "permissions",
    ),
    (
        "phone_events",
        "id phone_id sequence hash chain_ok refused signed stored_ms",
        Emptied("audit_events", "signed"),
        "audit trail",
    ),
    (
        "phones",
        "id name note signing_key sealing_key enrolled_ms withdrawn_ms last_sequence last_hash",
        Emptied("phones", "name note"),
        "phones",
    ),
    ("resident_doors", "resident_id position door_id", Stays, "residents"),
    (
        "residents",
        "id number team_id first_name last_name birth_year address town phone_number way_in hub_id created_ms time_zone \
         ended_ms ended_number erased_ms",
        Emptied(
            "ended_contacts residents",
            "first_name last_name birth_year address town phone_number way_in ended_number",
        ),
        "residents",
    ),
    ("retention_head", "one due_ms erased", Stays, "counters"),
    ("roster", "team_id resident_id revision gone_ms", Passing, "which homes are a team's"),
    (
        "sessions",
        "id bearer_hash phone_id worker_id team_id shift_id stream_from started_ms ends_ms ended_ms generation \
         generation_shown refreshed_ms capabilities",
        Gone("sessions"),
        "sessions of phones",
    ),
    ("shifts", "id worker_id team_id starts_ms ends_ms role", Gone("shifts"), "shifts"),
    ("sign_in_nonces", "phone_id nonce used_ms", Passing, "nonces of sign-ins"),
    ("stream_head", "one seq", Stays, "counters"),
    (
        "teams",
        "id code name created_ms lock_after_s notices roster_forgotten policy_revision",
        Stays,
        "teams, other organisations",
    ),
    ("throttle", "subject failed last_ms locked_until_ms", Passing, "wrong PINs"),
    ("used_proofs", "phone_id id used_ms", Passing, "proofs of phones' requests"),
    (
        "withdrawals",
        "id phone_id worker_id team_id session_id reason revision ordered_ms confirmed_ms",
        Gone("wipe_orders"),
        "orders to phones",
    ),
    (
        "workers",
        "id staff_number name pin_hash leads_team created_ms organisation_id dismissed_ms erased_ms \
         former_number",
        Emptied("workers", "name pin_hash former_number"),
        "workers",
    ),
];

/// Those that empty a column of a row that goes later.
const BEFORE: &[&str] = &["dispatch_notes", "emergency_words", "key_tokens", "permission_notes"];

async fn database() -> AnyConnection {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect("sqlite::memory:").await.unwrap();
    migrations::run(&mut connection, Dialect::Sqlite, 0).await.unwrap();
    connection
}

async fn schema(connection: &mut AnyConnection) -> BTreeMap<String, Vec<(String, String)>> {
    let tables = sqlx::query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migrations'",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let mut schema = BTreeMap::new();
    for table in tables {
        let table: String = table.get(0);
        let sql = AssertSqlSafe(format!("SELECT name, type FROM pragma_table_info('{table}')"));
        let columns = sqlx::query(sql).fetch_all(&mut *connection).await.unwrap();
        schema.insert(table, columns.iter().map(|row| (row.get(0), row.get(1))).collect());
    }
    schema
}

async fn count(connection: &mut AnyConnection, sql: String) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap()
}

/// One row in every table that has none, but for deadlines, which are for what goes on: everything in it is about the same people, and over since 1970.
async fn fill(connection: &mut AnyConnection) {
    sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut *connection).await.unwrap();
    for (table, columns) in schema(connection).await {
        if table == "deadlines" || count(connection, format!("SELECT count(*) FROM {table}")).await > 0 {
            continue;
        }
        let value = |(column, kind): &(String, String)| match (column.as_str(), kind.as_str()) {
            ("erased_ms", _) => "NULL",
            (_, "INTEGER") => "1",
            (_, "BLOB") => "x'00'",
            _ => "'x'",
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        let sql = format!("INSERT INTO {table} VALUES ({})", values.join(", "));
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *connection).await.unwrap();
    }
}

#[tokio::test]
async fn every_table_and_column_of_the_station_has_a_time_to_go_or_a_reason_to_stay() {
    let schema = schema(&mut database().await).await;
    let there: BTreeMap<_, Vec<_>> = schema
        .into_iter()
        .map(|(table, columns)| (table, columns.into_iter().map(|(name, _)| name).collect()))
        .collect();
    let kept = KEPT
        .iter()
        .map(|(table, columns, ..)| ((*table).to_owned(), columns.split(' ').map(str::to_owned).collect()));
    assert_eq!(there, kept.collect(), "say in docs/retention.md and here until when it is kept");
}

#[tokio::test]
async fn what_was_over_long_ago_is_erased_in_one_run_and_nothing_else_is() {
    let mut connection = database().await;
    fill(&mut connection).await;
    for (before_ms, done) in [(1, false), (2, true)] {
        for rule in RULES {
            let rows = rule.erase_some(before_ms, &mut connection).await.unwrap();
            assert!(rows < BATCH.unsigned_abs());
            // A lock that is in a door keeps its secret, however old it is.
            assert!(done || rows == 0, "{} touched what was not over", rule.what);
        }
    }
    for (table, _, until, _) in KEPT {
        let rows = count(&mut connection, format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(rows, i64::from(!matches!(until, Gone(_)) && *table != "deadlines"), "{table}: {until:?}");
        let Emptied(_, columns) = until else { continue };
        for column in columns.split(' ') {
            let left = format!(
                "SELECT count(*) FROM {table} WHERE length({column}) > 0 AND CAST({column} AS TEXT) <> '–'"
            );
            assert_eq!(count(&mut connection, left).await, 0, "{table}.{column}");
        }
    }
}

#[test]
fn every_rule_is_somebodys() {
    let named = KEPT.iter().flat_map(|(_, _, until, _)| match until {
        Gone(rules) | Emptied(rules, _) => rules.split(' ').collect(),
        Passing | Stays => Vec::new(),
    });
    let named: BTreeSet<_> = named.chain(BEFORE.iter().copied()).collect();
    assert_eq!(named, RULES.iter().map(|rule| rule.what).collect());
}

#[test]
fn the_document_tells_of_every_table_and_rule() {
    let document = include_str!("../../../../docs/retention.md");
    let (_, station) = document.split_once("## At the station").unwrap();
    for (table, _, _, told) in KEPT {
        let row = station.lines().find(|line| line.starts_with(&format!("| {told}")));
        assert!(row.is_some(), "{table}: no row begins with {told:?}");
    }
    for rule in RULES {
        assert!(
            station.contains(&format!("`{}`", rule.what)),
            "docs/retention.md does not tell of `{}`",
            rule.what
        );
    }
}
