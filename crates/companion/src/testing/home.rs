//! Kari's home: a stairwell door, a flat door, a hub, and Ada's phone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use terskel_api::Bytes;
use terskel_api::dispatch::{Dispatch, DispatchDetails, Door, Hub, Lock, Resident};
use terskel_keys::Authority;
use terskel_keys::receipt::HubKey;
use terskel_locks::dkey::{Credential, device::LockConfig, device::SimulatedLock};
use terskel_locks::hub::device::{HubConfig, SimulatedHub};
use terskel_model::dispatch::{Cause, DispatchPhase};
use terskel_model::door::{DoorKind, LockFamily};
use terskel_model::{Clock as _, DispatchId, DoorId, HubId, LockId, ResidentId};
use tokio::time::timeout;

use super::station::Way;
use super::{Air, FakeStation, TestWorld};
use crate::interface::{DoorResult, Intent, Outcome, Problem, View};
use crate::{Engine, EngineConfig, FAMILIES, StoreKey};

pub(crate) const STAIRWELL: &str = "AA:00:00:00:00:01";
pub(crate) const FLAT: &str = "AA:00:00:00:00:02";
pub(crate) const HUB: &str = "AA:00:00:00:00:03";

pub(crate) struct Home {
    pub(crate) world: Arc<TestWorld>,
    pub(crate) air: Arc<Air>,
    pub(crate) station: Arc<FakeStation>,
    pub(crate) engine: Engine,
    pub(crate) dispatch: DispatchId,
    pub(crate) stairwell: DoorId,
    pub(crate) flat: DoorId,
    pub(crate) body: Dispatch,
    pub(crate) store: PathBuf,
    pub(crate) _dir: Option<tempfile::TempDir>,
}

impl Home {
    /// Nobody is enrolled yet.
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut home = Self::at(dir.path().join("phone.db"), 1).await;
        home._dir = Some(dir);
        home
    }

    /// With the store of an earlier process.
    pub(crate) async fn at(store: PathBuf, seed: u64) -> Self {
        let world = Arc::new(TestWorld::new(seed));
        let air = Arc::new(Air::new(world.clone()));
        let authority = Authority::from_seed(&[7; 32]).public_key();
        let locks = [lock(&world, &air, STAIRWELL, 1), lock(&world, &air, FLAT, 2)];
        let hub = HubId::new(&*world);
        air.put(
            HUB,
            SimulatedHub::new(
                HubConfig { hub, seed: [9; 32].into(), authority, name: "hub".into() },
                world.clone(),
            ),
        );
        let credentials = locks.iter().map(|(lock, secret)| (lock.id, secret.clone())).collect();
        let station = Arc::new(FakeStation::new(world.clone(), credentials));
        let engine = engine(&store, &world, &air, &station).await;
        let [(first, _), (second, _)] = locks;
        let doors = [(DoorKind::Stairwell, "Oppgang", first), (DoorKind::Flat, "Leilighet", second)].map(
            |(kind, name, lock)| Door {
                id: DoorId::new(&*world),
                kind,
                name: name.into(),
                lock: Some(lock),
                code: None,
                physical_key: None,
            },
        );
        let (stairwell, flat) = (doors[0].id, doors[1].id);
        let hub = Hub {
            id: hub,
            address: HUB.into(),
            public_key: Bytes(HubKey::from_seed(&[9; 32]).public_key().to_vec()),
        };
        let body = dispatch(&world, doors.to_vec(), hub);
        let dispatch = body.id;
        Self { world, air, station, engine, dispatch, stairwell, flat, body, store, _dir: None }
    }

    pub(crate) async fn enrolled() -> Self {
        let home = Self::new().await;
        home.enrol().await;
        home.sign_in().await;
        home
    }

    /// Signed in, with the alert on the screen.
    pub(crate) async fn alerted() -> Self {
        let home = Self::enrolled().await;
        home.station.dispatch(home.body.clone());
        home.see("the alert", |v| v.alerts.iter().any(|a| a.id == home.dispatch)).await;
        home
    }

    /// On the way to Kari.
    pub(crate) async fn accepted() -> Self {
        let home = Self::alerted().await;
        home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
        home
    }

    pub(crate) async fn enrol(&self) {
        let intent = Intent::Enrol {
            station_url: "https://station.example".into(),
            code: "abcd2345".into(),
            phone_name: "Ada's phone".into(),
        };
        self.intend(intent).await.unwrap();
    }

    pub(crate) async fn sign_in(&self) {
        let intent = Intent::SignIn { staff_number: "17".into(), pin: "4711".into() };
        self.intend(intent).await.unwrap();
    }

    pub(crate) async fn intend(&self, intent: Intent) -> Result<Outcome, Problem> {
        self.engine.intend(intent).await
    }

    pub(crate) async fn open(&self, door: DoorId) -> DoorResult {
        match self.intend(Intent::OpenDoor { dispatch: self.dispatch, door }).await {
            Ok(Outcome::Door { result }) => result,
            other => panic!("{other:?}"),
        }
    }

    /// Waits, at most five minutes of virtual time, until the view is as wanted.
    pub(crate) async fn see(&self, what: &str, wanted: impl Fn(&View) -> bool) -> Arc<View> {
        let mut views = self.engine.views();
        let seen = timeout(Duration::from_secs(300), views.wait_for(|v| wanted(v))).await;
        match seen {
            Ok(view) => view.unwrap().clone(),
            Err(_) => panic!("never saw {what}: {:#?}", self.engine.views().borrow()),
        }
    }

    pub(crate) fn view(&self) -> Arc<View> {
        self.engine.views().borrow().clone()
    }

    /// All that was recorded is at the station.
    pub(crate) async fn sent(&self) {
        self.see("everything sent", |v| v.status.unsent == 0).await;
    }
}

pub(crate) async fn engine(
    store: &std::path::Path,
    world: &Arc<TestWorld>,
    air: &Arc<Air>,
    station: &Arc<FakeStation>,
) -> Engine {
    let config = EngineConfig {
        families: FAMILIES,
        store_path: store.to_owned(),
        store_key: StoreKey::new([3; 32]),
        world: world.clone(),
        radio: air.clone(),
    };
    Engine::start_with(config, Arc::new(Way(station.clone()))).await.unwrap()
}

fn lock(world: &Arc<TestWorld>, air: &Air, address: &str, n: u8) -> (Lock, Vec<u8>) {
    let secret = vec![n; 36];
    let config = LockConfig {
        device_id: [0, 0, 0, n],
        credentials: vec![Credential::from_bytes(&secret).unwrap()],
        ..LockConfig::default()
    };
    air.put(address, SimulatedLock::new(config, world.clone()));
    let lock = Lock {
        id: LockId::new(&**world),
        family: LockFamily::from("dkey"),
        address: address.into(),
        device_id: format!("0000000{n}"),
        log_after: 0,
    };
    (lock, secret)
}

fn dispatch(world: &TestWorld, doors: Vec<Door>, hub: Hub) -> Dispatch {
    let now = world.now();
    Dispatch {
        id: DispatchId::new(world),
        revision: 1,
        phase: DispatchPhase::Open,
        mine: false,
        declined: false,
        accepted_by: None,
        raised_at: now,
        accept_by: now + Duration::from_secs(300),
        unanswered_since: None,
        accepted_at: None,
        arrive_by: None,
        arrived_at: None,
        closed_at: None,
        details: Some(DispatchDetails {
            cause: Cause::Unknown("flom i kjelleren".into()),
            note: String::new(),
            resident: Resident {
                id: ResidentId::new(world),
                first_name: "Kari".into(),
                last_name: "Nordmann".into(),
                birth_year: Some(1942),
                address: "Solbakken 12".into(),
                town: "Fjordby".into(),
                phone_number: String::new(),
                way_in: String::new(),
            },
            doors,
            hub: Some(hub),
        }),
    }
}
