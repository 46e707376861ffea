//! What the live feed must not lose, with the tailer and the connection moved by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use chrono::TimeDelta;
use futures_util::StreamExt;
use sqlx::{AnyConnection, AssertSqlSafe};
use terskel_api::dispatch::Dispatch;
use terskel_model::world::ManualWorld;
use terskel_model::{Clock, DispatchId, PhoneId, SessionId, TeamId, Timestamp, WorkerId};

use super::{BACKLOG, News, Tailer, stream};
use crate::app::{App, Shared};
use crate::auth::PhoneSession;
use crate::db::{Write, ms};
use crate::dispatch::{changed, next_revision};
use crate::problem::Failure;
use crate::station::{Config, open};

/// Ada's phone at a station of which no task runs.
struct Scene {
    app: Shared,
    tailer: Tailer,
    session: PhoneSession,
    _directory: tempfile::TempDir,
}

struct Sql(String);

impl Write for Sql {
    type Output = ();

    async fn run(&self, _: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        sqlx::raw_sql(AssertSqlSafe(self.0.clone())).execute(tx).await?;
        Ok(())
    }
}

struct Raise(DispatchId, TeamId);

impl Write for Raise {
    type Output = ();

    async fn run(&self, _: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let (Self(id, team), revision) = (self, next_revision(tx).await?);
        let sql = format!(
            "INSERT INTO dispatches (id, centre_id, reference, resident_id, team_id, cause, raised_ms, received_ms,
             phase, accept_by_ms, revision)
             VALUES ('{id}', '{team}', '{id}', '{team}', '{team}', 'fall', 0, 0, 'open', 0, {revision})"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(tx).await?;
        Ok(())
    }
}

struct Touch(DispatchId);

impl Write for Touch {
    type Output = ();

    async fn run(&self, _: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        changed(tx, self.0).await
    }
}

impl Scene {
    async fn set() -> Self {
        let world = Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 7));
        let directory = tempfile::tempdir().unwrap();
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let data = directory.path().to_owned();
        let config = Config { listen, ..Config::new(data) };
        let app = open(&config, world.clone()).await.unwrap();
        let session = PhoneSession {
            id: SessionId::new(&*world),
            phone: PhoneId::new(&*world),
            worker: WorkerId::new(&*world),
            team: TeamId::new(&*world),
            ends_at: world.now() + TimeDelta::hours(8),
            stream_from: 0,
            leads: None,
        };
        let PhoneSession { id, phone, worker, team, ends_at, .. } = &session;
        let ends = ms(*ends_at);
        // One id names several things here: it does no harm.
        let people = format!(
            "INSERT INTO teams (id, code, name, created_ms) VALUES ('{team}', 'VEST', 'Nattpatrulje Vest', 0);
             INSERT INTO workers (id, staff_number, name, pin_hash, leads_team, created_ms) VALUES ('{worker}', '1001', 'Ada Berg', '', NULL, 0);
             INSERT INTO phones (id, name, signing_key, sealing_key, enrolled_ms) VALUES ('{phone}', 'Vest 1', x'00', x'00', 0);
             INSERT INTO shifts (id, worker_id, team_id, starts_ms, ends_ms) VALUES ('{team}', '{worker}', '{team}', 0, {ends});
             INSERT INTO sessions (id, bearer_hash, phone_id, worker_id, team_id, shift_id, stream_from, started_ms, ends_ms)
               VALUES ('{id}', '{id}', '{phone}', '{worker}', '{team}', '{team}', 0, 0, {ends});
             INSERT INTO residents (id, number, team_id, first_name, last_name, birth_year, address, town, phone_number,
               way_in, hub_id, created_ms) VALUES
               ('{team}', 'R-84', '{team}', 'Kari', 'Nordmann', NULL, 'Storgata 1', 'Bergen', '', '', NULL, 0);
             INSERT INTO api_tokens (id, role, name, token_hash, created_ms) VALUES ('{team}', 'response-centre', 'Responssenteret', '', 0);"
        );
        app.write(&Sql(people)).await.unwrap();
        Self { tailer: Tailer::begin(&app).await.unwrap(), app, session, _directory: directory }
    }

    async fn raise(&self) -> DispatchId {
        let id = DispatchId::new(&*self.app.world);
        self.app.write(&Raise(id, self.session.team)).await.unwrap();
        id
    }

    async fn listen(&self, cursor: Option<&str>) -> BodyDataStream {
        let mut headers = HeaderMap::new();
        if let Some(cursor) = cursor {
            headers.insert("last-event-id", cursor.parse().unwrap());
        }
        let sse = stream(State(self.app.clone()), self.session.clone(), headers).await.unwrap();
        sse.into_response().into_body().into_data_stream()
    }
}

/// The next dispatch on the stream.
async fn next(stream: &mut BodyDataStream) -> DispatchId {
    loop {
        let block = tokio::time::timeout(Duration::from_secs(5), stream.next()).await;
        let block = block.expect("the dispatch comes").unwrap().unwrap();
        let text = std::str::from_utf8(&block).unwrap();
        let data = text.lines().find_map(|line| line.strip_prefix("data: "));
        if let Some(data) = data.filter(|_| text.contains("event: dispatch")) {
            return serde_json::from_str::<Dispatch>(data).unwrap().id;
        }
    }
}

#[tokio::test]
async fn a_change_during_the_tailers_look_hides_no_other_dispatch() {
    let mut scene = Scene::set().await;
    let mut stream = scene.listen(None).await;
    let (first, second) = (scene.raise().await, scene.raise().await);
    let mut reader = scene.app.reader().await.unwrap();
    let listed = scene.tailer.changes(&mut reader).await.unwrap();
    scene.app.write(&Touch(first)).await.unwrap();
    scene.tailer.spread(&scene.app, &mut reader, listed).await.unwrap();
    scene.tailer.spread_new(&scene.app).await.unwrap();
    assert_eq!([next(&mut stream).await, next(&mut stream).await], [second, first]);
}

#[tokio::test]
async fn a_phone_that_lags_behind_the_live_feed_is_told_everything_once() {
    let mut scene = Scene::set().await;
    // Begun before the very first dispatch: there is no cursor to go back to but zero.
    let mut stream = scene.listen(None).await;
    let mut raised = Vec::new();
    for _ in 0..3 {
        raised.push(scene.raise().await);
        scene.tailer.spread_new(&scene.app).await.unwrap();
    }
    let elsewhere = PhoneId::new(&*scene.app.world);
    for _ in 0..BACKLOG {
        scene.app.live.spread(News::SessionsOf(elsewhere));
    }
    let last = scene.raise().await;
    scene.tailer.spread_new(&scene.app).await.unwrap();
    for id in raised {
        assert_eq!(next(&mut stream).await, id);
    }
    assert_eq!(next(&mut stream).await, last);
    let after = scene.raise().await;
    scene.tailer.spread_new(&scene.app).await.unwrap();
    assert_eq!(next(&mut stream).await, after);
}

#[tokio::test]
async fn a_cursor_from_a_database_that_is_no_more_keeps_no_phone_silent() {
    let scene = Scene::set().await;
    let open = scene.raise().await;
    for cursor in ["4711", "-1", "9223372036854775807", "99999999999999999999", "x"] {
        let mut stream = scene.listen(Some(cursor)).await;
        assert_eq!(next(&mut stream).await, open, "{cursor}");
    }
}
