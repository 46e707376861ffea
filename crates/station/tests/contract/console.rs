//! The team lead's console is served where the station was told where it lies, and nowhere else.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::{Client, Response, StatusCode, redirect};
use terskel_model::Timestamp;
use terskel_model::world::ManualWorld;
use terskel_station::{Config, Station};

/// Needs no database of a house: no request comes that far.
async fn station(console: Option<PathBuf>) -> (Station, tempfile::TempDir) {
    let data = tempfile::tempdir().unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { listen, console, ..Config::new(data.path().join("data")) };
    let world = Arc::new(ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
    (Station::start(config, world).await.unwrap(), data)
}

async fn get(station: &Station, path: &str) -> Response {
    let http = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    http.get(format!("{}{path}", station.url())).send().await.unwrap()
}

fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn it_may_run_its_own_scripts_and_talk_to_its_own_station_and_no_more() {
    let built = tempfile::tempdir().unwrap();
    std::fs::write(built.path().join("index.html"), "<title>Terskel</title>").unwrap();
    std::fs::write(built.path().join("main.js"), "1").unwrap();
    let (station, _data) = station(Some(built.path().to_owned())).await;

    let page = get(&station, "/console/").await;
    assert_eq!((page.status(), header(&page, "content-type").as_str()), (StatusCode::OK, "text/html"));
    let policy = header(&page, "content-security-policy");
    for rule in ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.split("; ").any(|part| part == rule), "{rule} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header(&page, "x-content-type-options"), "nosniff");
    assert_eq!(header(&page, "referrer-policy"), "no-referrer");
    assert_eq!(header(&page, "cache-control"), "no-store");
    assert_eq!(page.text().await.unwrap(), "<title>Terskel</title>");

    let script = get(&station, "/console/main.js").await;
    assert_eq!(
        (script.status(), header(&script, "content-type").as_str()),
        (StatusCode::OK, "text/javascript")
    );
    let bare = get(&station, "/console").await;
    assert_eq!(
        (bare.status(), header(&bare, "location").as_str()),
        (StatusCode::PERMANENT_REDIRECT, "/console/")
    );
    station.stop().await;
}

#[tokio::test]
async fn nothing_beside_it_is_served() {
    let around = tempfile::tempdir().unwrap();
    std::fs::create_dir(around.path().join("built")).unwrap();
    std::fs::write(around.path().join("master.key"), "secret").unwrap();
    let (station, _data) = station(Some(around.path().join("built"))).await;
    for path in [
        "/console/../master.key",
        "/console/%2e%2e/master.key",
        "/console/..%2fmaster.key",
        "/console//etc/passwd",
    ] {
        let answer = get(&station, path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    station.stop().await;
}

#[tokio::test]
async fn it_is_not_there_where_no_directory_was_named() {
    let (station, _data) = station(None).await;
    for path in ["/console", "/console/", "/console/index.html"] {
        let answer = get(&station, path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&answer, "content-type"), "application/problem+json");
    }
    station.stop().await;
}
