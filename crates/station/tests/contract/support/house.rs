//! The station under test, and the ways to talk to it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sqlx::Connection;
use terskel_api::Secret;
use terskel_api::admin::Created;
use terskel_api::dispatch::CentreDispatch;
use terskel_api::path;
use terskel_api::problem::ProblemDetails;
use terskel_model::world::ManualWorld;
use terskel_model::{Clock, DispatchId, TeamId, Timestamp};
use terskel_station::{Config, PinWork, Role, Station};
use tokio::sync::RwLock;

use super::{Database, Home, Phone, Worker};

/// Kari's number at the centre.
const KARI: &str = "R-84";

/// A station, its world, and the municipality in it.
pub(crate) struct House {
    pub(crate) world: Arc<ManualWorld>,
    pub(crate) http: Client,
    pub(crate) centre: String,
    pub(crate) admin: String,
    pub(crate) vest: TeamId,
    pub(crate) ada: Worker,
    pub(crate) bo: Worker,
    pub(crate) home: Home,
    pub(crate) config: Config,
    station: RwLock<Option<Station>>,
    base: Mutex<String>,
    database: Database,
    _directory: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) kind: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the station answers");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let kind = response.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned());
        Self {
            status: response.status(),
            kind: kind.unwrap_or_default(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    /// Whether it is a problem with this code.
    pub(crate) fn says(&self, code: &str) -> bool {
        serde_json::from_slice(&self.body).is_ok_and(|problem: ProblemDetails| problem.code == code)
    }

    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn is<T: DeserializeOwned>(&self, status: u16) -> T {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).expect("the body is what the contract says")
    }

    pub(crate) fn done(&self) {
        assert_eq!(self.status, StatusCode::NO_CONTENT, "{}", String::from_utf8_lossy(&self.body));
    }

    /// A problem with this code, in its right clothes.
    pub(crate) fn refused(&self, status: u16, code: &str) -> ProblemDetails {
        let problem: ProblemDetails = self.is(status);
        assert_eq!((problem.code.as_str(), problem.status), (code, status), "{problem:?}");
        assert_eq!(problem.kind, format!("urn:terskel:problem:{code}"));
        assert_eq!(self.kind, "application/problem+json");
        problem
    }
}

/// Which field a problem names.
pub(crate) fn field(problem: &ProblemDetails) -> &str {
    problem.field.as_deref().unwrap_or("no field is named")
}

impl House {
    pub(crate) async fn build(database: Database) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let start = Timestamp::from_timestamp_millis(1_768_514_400_000).unwrap();
        let world = Arc::new(ManualWorld::new(start, 84));
        let config = Config {
            database_url: database.url.clone(),
            pin_work: PinWork::Least,
            ..Config::new(directory.path().to_owned())
        };
        let station = Station::start(config.clone(), world.clone()).await.unwrap();
        let token = |secret: Secret| secret.expose().to_owned();
        let admin = token(station.create_token(Role::Administrator, "test").await.unwrap());
        let centre = token(station.create_token(Role::ResponseCentre, "Responssenteret").await.unwrap());
        let mut house = Self {
            vest: TeamId::new(&*world),
            ada: Worker::new("1001", "Ada Berg", "4711"),
            bo: Worker::new("1002", "Bo Dahl", "0815"),
            home: Home::new(&*world),
            http: Client::builder().no_proxy().build().unwrap(),
            base: Mutex::new(station.url()),
            station: RwLock::new(Some(station)),
            _directory: directory,
            world,
            centre,
            admin,
            config,
            database,
        };
        house.settle().await;
        house
    }

    async fn settle(&mut self) {
        self.vest =
            TeamId(self.make(path::TEAMS, &json!({"code": "VEST", "name": "Nattpatrulje Vest"})).await);
        for mut worker in [self.ada.clone(), self.bo.clone()] {
            worker.hire(self, None).await;
            worker.on_shift(self, self.vest).await;
            if worker.number == "1001" { self.ada = worker } else { self.bo = worker }
        }
        self.make(path::RESIDENTS, &self.home.resident(KARI, self.vest)).await;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base.lock().unwrap())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.world.now()
    }

    pub(crate) fn forward_minutes(&self, minutes: u64) {
        self.world.forward(Duration::from_secs(60 * minutes));
    }

    /// A further API token.
    pub(crate) async fn token(&self, role: Role, name: &str) -> String {
        let station = self.station.read().await;
        station
            .as_ref()
            .expect("the station runs")
            .create_token(role, name)
            .await
            .unwrap()
            .expose()
            .to_owned()
    }

    /// Lets the station do what is due.
    pub(crate) async fn tick(&self) -> usize {
        let station = self.station.read().await;
        station.as_ref().expect("the station runs").tick(self.now()).await.unwrap()
    }

    /// Lets the station erase whose time is over.
    pub(crate) async fn erase(&self) {
        let station = self.station.read().await;
        station.as_ref().expect("the station runs").erase_due(self.now()).await.unwrap();
    }

    pub(crate) async fn stop(&self) {
        self.station.write().await.take().expect("the station runs").stop().await;
    }

    pub(crate) async fn start(&self) {
        let station = Station::start(self.config.clone(), self.world.clone()).await.unwrap();
        *self.base.lock().unwrap() = station.url();
        *self.station.write().await = Some(station);
    }

    /// The same station, told otherwise.
    pub(crate) async fn restart_with(&self, change: impl FnOnce(&mut Config)) {
        let mut config = self.config.clone();
        change(&mut config);
        self.stop().await;
        let station = Station::start(config, self.world.clone()).await.unwrap();
        *self.base.lock().unwrap() = station.url();
        *self.station.write().await = Some(station);
    }

    /// A further node of the same station; it runs until it is stopped.
    pub(crate) async fn second_node(&self) -> Station {
        Station::start(self.config.clone(), self.world.clone()).await.unwrap()
    }

    /// A further node, which phones know by this address.
    pub(crate) async fn node_known_as(&self, url: &str) -> Station {
        let config = Config { public_urls: vec![url.to_owned()], ..self.config.clone() };
        Station::start(config, self.world.clone()).await.unwrap()
    }

    /// A number straight from the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.database().await).await.unwrap()
    }

    /// A text straight from the database.
    pub(crate) async fn text(&self, sql: &'static str) -> String {
        sqlx::query_scalar(sql).fetch_one(&mut self.database().await).await.unwrap()
    }

    async fn database(&self) -> sqlx::AnyConnection {
        let file = format!("sqlite://{}", self.config.data.join("station.sqlite").display());
        let url = self.config.database_url.clone().unwrap_or(file);
        sqlx::AnyConnection::connect(&url).await.unwrap()
    }

    pub(crate) async fn end(self) {
        if let Some(station) = self.station.into_inner() {
            station.stop().await;
        }
        self.database.drop().await;
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let request = self.http.request(method, self.url(path)).body(body);
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        Answer::of(request).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &impl Serialize) -> Answer {
        self.send(Method::POST, path, token, serde_json::to_vec(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(Method::GET, path, token, "").await
    }

    /// Something that the administrator makes.
    pub(crate) async fn make(&self, path: &str, body: &Value) -> uuid::Uuid {
        self.post(path, &self.admin, body).await.is::<Created>(201).id
    }

    /// The alarm at Kari's, as the centre sends it.
    pub(crate) fn alarm(&self, reference: &str) -> Value {
        json!({
            "reference": reference, "resident_number": KARI, "cause": "fall", "raised_at": self.now(),
            "note": "Answers, cannot get up."
        })
    }

    pub(crate) async fn dispatch(&self, reference: &str) -> DispatchId {
        self.dispatch_to(reference, KARI).await
    }

    pub(crate) async fn dispatch_to(&self, reference: &str, resident: &str) -> DispatchId {
        let mut alarm = self.alarm(reference);
        alarm["resident_number"] = json!(resident);
        self.post(path::DISPATCHES, &self.centre, &alarm).await.is::<CentreDispatch>(201).id
    }

    pub(crate) async fn centre_sees(&self, dispatch: DispatchId) -> CentreDispatch {
        self.get(&of(path::DISPATCH, dispatch), &self.centre).await.is(200)
    }

    /// A phone with its worker signed in.
    pub(crate) async fn phone_of(&self, worker: &Worker) -> Phone {
        let mut phone = Phone::enrol(self).await;
        phone.sign_in(self, worker).await;
        phone
    }
}

/// The path of one dispatch's resource.
pub(crate) fn of(path: &str, dispatch: DispatchId) -> String {
    path.replace("{id}", &dispatch.to_string())
}
