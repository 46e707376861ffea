//! `cargo xtask bench start`: how long a phone with a large team's homes needs from its start to a list of alerts, and to
//! find a home. Beside it, in the same run, the same start on a copy of the store that is not encrypted.

use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use serde_json::json;
use terskel_api::key::KeyHome;
use terskel_api::roster::RosterPage;
use terskel_model::{DispatchId, ResidentId};
use tokio::time::{Instant, sleep};

use crate::Engine;
use crate::interface::{Answer, NetworkState, Question};
use crate::store::Store;
use crate::testing::{Home, TIME_IS_REAL, engine_on, store_key};

const HOMES: usize = 5000;
const ALERTS: usize = 5;
const STARTS: usize = 60;
const SEARCHES: usize = 1000;
const NAMES: [&str; 8] = ["Kari", "Åse", "Björn", "Østen", "Marit", "Nils", "Solveig", "Ægir"];
const STREETS: [&str; 7] =
    ["Storgata", "Øvregata", "Kongens gate", "Åsveien", "Drottninggatan", "Lilla Vägen", "Fjordgløtt"];
/// Of names and addresses, as somebody types them on the way.
const TYPED: [&str; 8] = ["ås", "stor", "gata 12", "björn øv", "kong 77", "æg", "gløtt 4997", "nils drott"];

#[tokio::test]
#[ignore = "a measurement: cargo xtask bench start"]
async fn start() {
    TIME_IS_REAL.store(true, Relaxed);
    let told = std::env::var("TERSKEL_BENCH_SAMPLES").expect("cargo xtask bench start says where to");
    let home = team().await;
    let plain = home.store.with_extension("plain");
    Store::open(&home.store, &store_key()).await.unwrap().copy_unencrypted(&plain).await.unwrap();

    let (mut encrypted_ms, mut plain_ms) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        encrypted_ms
            .push(started(&home, async || Store::open(&home.store, &store_key()).await.unwrap()).await);
        plain_ms.push(started(&home, async || Store::open_unencrypted(&plain).await.unwrap()).await);
    }
    let search_ms = searches(&on(&home, &home.store).await).await;
    let samples = json!({"encrypted_ms": encrypted_ms, "plain_ms": plain_ms, "search_ms": search_ms});
    std::fs::write(told, samples.to_string()).unwrap();
}

/// Ada on shift, with all the team's homes and some alerts in her phone, which is off now.
async fn team() -> Home {
    let home = Home::enrolled().await;
    home.see("online", |v| v.status.network == NetworkState::Online).await;
    for _ in 0..ALERTS {
        let mut dispatch = home.body.clone();
        dispatch.id = DispatchId::new(&*home.world);
        home.station.dispatch(dispatch);
    }
    home.see("the alerts", |v| v.alerts.len() == ALERTS && v.status.unsent == 0).await;
    let store = Store::open(&home.store, &store_key()).await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let page = RosterPage {
        cursor: "all".into(),
        anew: false,
        more: false,
        total: u32::try_from(HOMES).unwrap(),
        homes: (0..HOMES).map(|n| neighbour(&home, n)).collect(),
        removed: Vec::new(),
    };
    let after = snapshot.roster.cursor.as_deref();
    assert!(store.save_roster_page(&page, after, snapshot.session.unwrap().id).await.unwrap());
    home
}

fn neighbour(home: &Home, n: usize) -> KeyHome {
    let details = home.body.details.clone().unwrap();
    let mut resident = details.resident;
    resident.id = ResidentId::new(&*home.world);
    resident.first_name = NAMES[n % NAMES.len()].to_owned();
    resident.address = format!("{} {n}", STREETS[n % STREETS.len()]);
    KeyHome { resident, doors: details.doors, hub: details.hub }
}

/// From opening the store to the list, milliseconds.
async fn started(home: &Home, open: impl AsyncFnOnce() -> Store) -> f64 {
    let began = Instant::now();
    let engine = engine_on(open().await, &home.world, &home.air, &home.station).await;
    let alerts = engine.views().borrow().alerts.len();
    let took = began.elapsed();
    assert_eq!(alerts, ALERTS);
    drop(engine);
    // Its tasks let go of the store.
    sleep(Duration::from_millis(50)).await;
    took.as_secs_f64() * 1000.0
}

async fn on(home: &Home, store: &Path) -> Engine {
    engine_on(Store::open(store, &store_key()).await.unwrap(), &home.world, &home.air, &home.station).await
}

/// What each search took, milliseconds.
async fn searches(engine: &Engine) -> Vec<f64> {
    let mut took = Vec::new();
    for text in TYPED.iter().cycle().take(SEARCHES) {
        let began = Instant::now();
        let answer =
            engine.ask(Question::FindHomes { text: (*text).to_owned(), language: "nb".into() }).await;
        took.push(began.elapsed().as_secs_f64() * 1000.0);
        assert!(matches!(answer, Ok(Answer::Homes { total, .. }) if total > 0), "{text}: nobody");
    }
    took
}
