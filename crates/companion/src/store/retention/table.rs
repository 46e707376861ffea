//! Everything that the phone's store has a place for, and until when: `docs/retention.md`, held against the schema. A table or
//! column that nobody has thought about fails here.

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Row as _};
use terskel_model::Timestamp;

use crate::StoreKey;
use crate::store::Store;

/// When a row goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    /// With the session, at the latest: sign-out, the end of the shift, too many wrong codes.
    SessionEnds,
    /// It outlives the session: what it waits for has an end of its own.
    Done,
    /// It is what makes this phone this phone.
    EnrolledAnew,
}

/// Table, columns, until when, and how a row of `docs/retention.md` that tells of it begins.
const KEPT: &[(&str, &str, Until, &str)] = &[
    ("app_lock", "only hash wrong", Until::SessionEnds, "what unlocks the app"),
    (
        "authority_key",
        "key",
        Until::EnrolledAnew,
        "the phone's own keys, the station's address and public keys",
    ),
    (
        "bundle",
        "only version continuity",
        Until::SessionEnds,
        "the team's plan for when something does not work",
    ),
    ("chain", "phone sequence previous", Until::EnrolledAnew, "the phone's own keys"),
    ("clock", "what at_ms uptime_ms boot", Until::EnrolledAnew, "the time, as the station told it"),
    ("cursor", "only last_event_id", Until::SessionEnds, "session tokens"),
    (
        "digital_key",
        "id dispatch lock once state expires_ms bytes opens locks",
        Until::SessionEnds,
        "digital keys",
    ),
    ("dispatch", "id revision body", Until::SessionEnds, "resident's name, year of birth, address"),
    (
        "door",
        "dispatch door operation outcome reason at_ms opened locked battery_percent passed",
        Until::SessionEnds,
        "visits of the day",
    ),
    (
        "event",
        "position id dispatch kind at_ms signed state attempts code",
        Until::Done,
        "events not yet taken by the station",
    ),
    ("followed", "withdrawal at_ms", Until::SessionEnds, "of a session that the station has taken away"),
    ("home", "resident body folded", Until::SessionEnds, "the homes that keys of the shift are for"),
    (
        "installation",
        "only resident home door door_kind door_name position lock family address device_id credential worker operation outcome \
         reason at_ms opened locked testing refused",
        Until::Done,
        "a lock that is being installed",
    ),
    ("intention", "id dispatch door operation key worker at_ms", Until::Done, "a note of a lock command"),
    ("phone", "only id station_url identity", Until::EnrolledAnew, "the phone's own keys"),
    ("roster", "resident folded body", Until::SessionEnds, "the homes of the team on shift"),
    (
        "roster_state",
        "only cursor here total whole version",
        Until::SessionEnds,
        "the homes of the team on shift",
    ),
    (
        "session",
        "only id token worker worker_name team_name ends_at_ms badge rejected withdrawn refresh leads lock_after_s notices \
         station_can",
        Until::SessionEnds,
        "session tokens, badge, the team's policy",
    ),
    (
        "visit",
        "dispatch resident_name accepted_at_ms arrived_at_ms left_at_ms closed_at_ms own standing told",
        Until::SessionEnds,
        "visits of the day",
    ),
];

/// What a CHECK allows, where an `x` will not do.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("clock", "what", "'station'"),
    ("digital_key", "state", "'good'"),
    ("dispatch", "body", "'{}'"),
    ("event", "state", "'queued'"),
    ("visit", "standing", "'confirmed'"),
];

async fn schema(store: &Store) -> BTreeMap<String, Vec<(String, String)>> {
    let mut guard = store.connection().await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%'",
    )
    .fetch_all(&mut *guard)
    .await
    .unwrap();
    let mut schema = BTreeMap::new();
    for table in tables {
        let sql = format!("SELECT name, type FROM pragma_table_info('{table}')");
        let columns = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *guard).await.unwrap();
        schema.insert(table, columns.iter().map(|row| (row.get("name"), row.get("type"))).collect());
    }
    schema
}

async fn count(store: &Store, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *store.connection().await.unwrap()).await.unwrap()
}

/// One row in every table.
async fn fill(store: &Store) {
    for (table, columns) in schema(store).await {
        let value = |(column, kind): &(String, String)| {
            let allowed = ALLOWED.iter().find(|(of, name, _)| *of == table && name == column);
            match (allowed, kind.as_str()) {
                (Some((.., value)), _) => *value,
                (None, "INTEGER") => "1",
                (None, "BLOB") => "x'00'",
                (None, _) => "'x'",
            }
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        let sql = format!("INSERT INTO {table} VALUES ({})", values.join(", "));
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *store.connection().await.unwrap()).await.unwrap();
    }
}

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("phone.db"), &StoreKey::new([1; 32])).await.unwrap();
    (dir, store)
}

#[tokio::test]
async fn every_table_and_column_of_the_store_has_a_time_to_go() {
    let (_dir, store) = store().await;
    let there: BTreeMap<_, Vec<_>> = schema(&store)
        .await
        .into_iter()
        .map(|(table, columns)| (table, columns.into_iter().map(|(name, _)| name).collect()))
        .collect();
    let kept = KEPT
        .iter()
        .map(|(table, columns, ..)| ((*table).to_owned(), columns.split(' ').map(str::to_owned).collect()));
    assert_eq!(there, kept.collect(), "say in docs/retention.md and here until when it is kept");
}

#[tokio::test]
async fn what_ends_with_the_session_is_gone_with_it_and_nothing_else_is() {
    let (_dir, store) = store().await;
    fill(&store).await;
    store.end_session().await.unwrap();
    for (table, _, until, _) in KEPT {
        let left = i64::from(*until != Until::SessionEnds);
        assert_eq!(count(&store, table).await, left, "{table}, kept until {until:?}");
    }
}

/// The visit of the phone's own, its alarm, a dispatch; one that has nothing to do with them; and an alarm of that visit which
/// was accepted by itself, where the worker still is.
#[tokio::test]
async fn after_an_hour_of_a_closed_visit_only_that_it_is_over_is_left_and_rings_no_more() {
    let (_dir, store) = store().await;
    let rows = r#"INSERT INTO visit (dispatch, accepted_at_ms, closed_at_ms, own) VALUES
          ('visit', 1, 2, 1), ('mine', 1, 2, 0), ('goes on', 1, NULL, 0);
        INSERT INTO dispatch (id, revision, body) VALUES
          ('visit', 0, '{"mine":true,"details":"a"}'), ('its alarm', 1, '{"visit":"visit","details":"b"}'),
          ('mine', 2, '{"mine":true,"phase":"accepted","details":"c"}'), ('another', 3, '{"phase":"open","details":"d"}'),
          ('goes on', 4, '{"mine":true,"visit":"visit","phase":"accepted","details":"e"}');"#;
    sqlx::raw_sql(rows).execute(&mut *store.connection().await.unwrap()).await.unwrap();
    let hour = Timestamp::from_timestamp(3600, 0).unwrap();
    assert!(!store.sweep(hour).await.unwrap());
    let after = hour + Duration::from_millis(1);
    assert!(store.sweep(after).await.unwrap());
    let left: Vec<(String, i64, Option<String>)> = sqlx::query_as(
        "SELECT body ->> 'phase', revision, body ->> 'details' FROM dispatch ORDER BY revision",
    )
    .fetch_all(&mut *store.connection().await.unwrap())
    .await
    .unwrap();
    let over = |revision| ("closed".to_owned(), revision, None);
    assert_eq!(left[..3], [over(0), over(1), over(2)]);
    assert_eq!((left[3].2.as_deref(), left[4].2.as_deref()), (Some("d"), Some("e")));
    assert!(!store.sweep(after).await.unwrap(), "nothing is left to be done");
}

#[tokio::test]
async fn a_phone_that_its_station_does_not_know_any_more_has_no_lock_to_bring() {
    let (_dir, store) = store().await;
    fill(&store).await;
    store.disown().await.unwrap();
    for (table, left) in [("installation", 0), ("dispatch", 0), ("home", 0), ("digital_key", 0), ("event", 1)]
    {
        assert_eq!(count(&store, table).await, left, "{table}");
    }
}

#[tokio::test]
async fn keys_that_have_ended_by_a_clock_that_may_be_wrong_are_asked_for_again() {
    let (_dir, store) = store().await;
    fill(&store).await;
    sqlx::raw_sql("DELETE FROM session; UPDATE digital_key SET dispatch = NULL")
        .execute(&mut *store.connection().await.unwrap())
        .await
        .unwrap();
    assert!(store.sweep(Timestamp::from_timestamp(1, 0).unwrap()).await.unwrap());
    let version: String = sqlx::query_scalar("SELECT version FROM bundle")
        .fetch_one(&mut *store.connection().await.unwrap())
        .await
        .unwrap();
    assert_eq!(version, "");
}

#[test]
fn the_document_tells_of_every_table() {
    let document = include_str!("../../../../../docs/retention.md");
    let (_, phone) = document.split_once("## On the phone").unwrap();
    let (phone, _) = phone.split_once("## At the station").unwrap();
    for (table, _, _, told) in KEPT {
        let row = phone.lines().find(|line| line.starts_with(&format!("| {told}")));
        assert!(row.is_some(), "{table}: no row begins with {told:?}");
    }
}
