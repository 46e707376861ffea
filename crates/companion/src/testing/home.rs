//! Kari's home: a stairwell door, a flat door, a hub, and Ada's phone.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use terskel_api::Bytes;
use terskel_api::dispatch::{Dispatch, DispatchDetails, Door, Hub, Lock, Resident};
use terskel_keys::Authority;
use terskel_keys::receipt::HubKey;
use terskel_locks::device::Device;
use terskel_locks::family::{Setup, find};
use terskel_locks::hub::device::{HubConfig, SimulatedHub};
use terskel_model::dispatch::{Cause, DispatchPhase};
use terskel_model::door::{DoorKind, LockFamily};
use terskel_model::{Clock as _, DispatchId, DoorId, HubId, LockId, ResidentId};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::station::Way;
use super::weather::Weathered;
use super::{Air, FAMILIES, FakeStation, TestWorld};
use crate::interface::{DoorResult, Intent, Outcome, Problem, View};
use crate::store::Store;
use crate::{Engine, StoreKey};

pub(crate) const STAIRWELL: &str = "AA:00:00:00:00:01";
pub(crate) const FLAT: &str = "AA:00:00:00:00:02";
/// Added to a street's seed: the randomness of its doors, and of the second phone.
const DOORS: u64 = 1 << 40;
const BESIDE: u64 = 1 << 41;

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
    locks: [(Lock, Vec<u8>); 2],
    pub(crate) _dir: Option<tempfile::TempDir>,
}

impl Home {
    /// Nobody is enrolled yet.
    pub(crate) async fn new() -> Self {
        Self::behind(["dkey", "dkey"]).await
    }

    /// Behind locks of these families, from the street on.
    pub(crate) async fn behind(families: [&str; 2]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut home = Self::built(dir.path().join("phone.db"), 1, families, 0).await;
        home._dir = Some(dir);
        home
    }

    /// Another worker's phone in the same air, on the way to somebody behind the same locks.
    pub(crate) async fn in_the_air_of(other: &Self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let street = (other.world.clone(), other.air.clone());
        let locks = other.locks.clone();
        let mut home = Self::with_locks(dir.path().join("phone.db"), street, locks).await;
        home._dir = Some(dir);
        let home = home.on_shift().await.with_alert().await;
        home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
        home
    }

    /// On shift, in a street whose randomness is this.
    pub(crate) async fn of_seed(seed: u64) -> Self {
        let dir = in_memory();
        let world = Arc::new(TestWorld::new(seed));
        // Doors have clocks of their own.
        let doors = Arc::new(world.beside(seed.wrapping_add(DOORS)));
        let air = Arc::new(Air::new(doors.clone()));
        let locks = [lock(&doors, &air, "dkey", STAIRWELL, 1), lock(&doors, &air, "dkey", FLAT, 2)];
        let mut home = Self::with_locks(dir.path().join("phone.db"), (world, air), locks).await;
        home._dir = Some(dir);
        home.on_shift().await
    }

    /// Another worker's phone in the same air and time, on shift. The hub is from now on the one that this phone knows of.
    pub(crate) async fn beside(other: &Self, seed: u64) -> Self {
        let dir = in_memory();
        let street = (Arc::new(other.world.beside(seed.wrapping_add(BESIDE))), other.air.clone());
        let mut home = Self::with_locks(dir.path().join("phone.db"), street, other.locks.clone()).await;
        home._dir = Some(dir);
        home.on_shift().await
    }

    /// The phone is started anew, and the app on it.
    pub(crate) async fn rebooted(self) -> Self {
        self.world.reboot();
        self.restarted().await
    }

    /// The process ends, and another one begins with its store.
    pub(crate) async fn restarted(self) -> Self {
        let Self { world, air, station, engine: ended, dispatch, stairwell, flat, body, store, locks, _dir } =
            self;
        drop(ended);
        // Its tasks let go of the store.
        tokio::time::sleep(Duration::from_millis(10)).await;
        let engine = engine(&store, &world, &air, &station).await;
        Self { world, air, station, engine, dispatch, stairwell, flat, body, store, locks, _dir }
    }

    /// On the way with keys whose secrets are those of other locks.
    pub(crate) async fn with_foreign_keys(families: [&str; 2]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut home = Self::built(dir.path().join("phone.db"), 1, families, 100).await;
        home._dir = Some(dir);
        let home = home.on_shift().await.with_alert().await;
        home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
        home
    }

    /// With the store of an earlier process.
    pub(crate) async fn at(store: PathBuf, seed: u64) -> Self {
        Self::built(store, seed, ["dkey", "dkey"], 0).await
    }

    /// `foreign`: by how much the secrets of the keys differ from the locks' own.
    async fn built(store: PathBuf, seed: u64, [first, second]: [&str; 2], foreign: u8) -> Self {
        let world = Arc::new(TestWorld::new(seed));
        let air = Arc::new(Air::new(world.clone()));
        let mut locks = [lock(&world, &air, first, STAIRWELL, 1), lock(&world, &air, second, FLAT, 2)];
        if foreign > 0 {
            for ((lock, secret), n) in locks.iter_mut().zip(1..) {
                *secret = lock_as(&world, lock.family.as_str(), (n, n + foreign)).1;
            }
        }
        Self::with_locks(store, (world, air), locks).await
    }

    async fn with_locks(
        store: PathBuf,
        (world, air): (Arc<TestWorld>, Arc<Air>),
        locks: [(Lock, Vec<u8>); 2],
    ) -> Self {
        let authority = Authority::from_seed(&[7; 32]).public_key();
        let hub = HubId::new(&*world);
        air.put(
            HUB,
            Box::new(SimulatedHub::new(
                HubConfig { hub, seed: [9; 32].into(), authority: authority.into(), name: "hub".into() },
                world.clone(),
            )),
        );
        let credentials = locks.iter().map(|(lock, secret)| (lock.id, secret.clone())).collect();
        let station = Arc::new(FakeStation::new(world.clone(), credentials));
        let engine = engine(&store, &world, &air, &station).await;
        let [(first, _), (second, _)] = locks.clone();
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
        Self { world, air, station, engine, dispatch, stairwell, flat, body, store, locks, _dir: None }
    }

    pub(crate) async fn enrolled() -> Self {
        Self::new().await.on_shift().await
    }

    pub(crate) async fn on_shift(self) -> Self {
        self.enrol().await;
        self.sign_in().await;
        self
    }

    /// Signed in, with the alert on the screen.
    pub(crate) async fn alerted() -> Self {
        Self::enrolled().await.with_alert().await
    }

    pub(crate) async fn with_alert(self) -> Self {
        self.station.dispatch(self.body.clone());
        self.see("the alert", |v| v.alerts.iter().any(|a| a.id == self.dispatch)).await;
        self
    }

    /// On the way to Kari.
    pub(crate) async fn accepted() -> Self {
        Self::accepted_behind(["dkey", "dkey"]).await
    }

    /// On the way to Kari, who lives behind locks of these families.
    pub(crate) async fn accepted_behind(families: [&str; 2]) -> Self {
        let home = Self::behind(families).await.on_shift().await.with_alert().await;
        home.intend(Intent::Accept { dispatch: home.dispatch }).await.unwrap();
        home
    }

    /// What opens another lock of the same make as the first.
    pub(crate) fn foreign_secret(&self) -> Vec<u8> {
        lock_as(&self.world, self.locks[0].0.family.as_str(), (1, 101)).1
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

/// For long runs: nothing waits for a disk there.
fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Of every store in tests.
pub(crate) fn store_key() -> StoreKey {
    StoreKey::new([3; 32])
}

pub(crate) async fn engine(
    store: &std::path::Path,
    world: &Arc<TestWorld>,
    air: &Arc<Air>,
    station: &Arc<FakeStation>,
) -> Engine {
    engine_on(Store::open(store, &store_key()).await.unwrap(), world, air, station).await
}

pub(crate) async fn engine_on(
    store: Store,
    world: &Arc<TestWorld>,
    air: &Arc<Air>,
    station: &Arc<FakeStation>,
) -> Engine {
    let stations = Arc::new(Weathered(Way(station.clone())));
    Engine::start_on(store, world.clone(), air.clone(), FAMILIES, stations).await.unwrap()
}

/// A simulated lock of a family in the air, as the station knows it, with its secret.
fn lock(world: &Arc<TestWorld>, air: &Air, family: &str, address: &str, n: u8) -> (Lock, Vec<u8>) {
    let (device, credential) = lock_as(world, family, (n, n));
    air.put(address, device.1);
    let (id, family) = (LockId::new(&**world), LockFamily::from(family));
    (Lock { id, family, address: address.into(), device_id: device.0, log_after: 0 }, credential)
}

/// The n-th lock of a family, with secrets of its own.
fn lock_as(
    world: &Arc<TestWorld>,
    family: &str,
    (n, secret): (u8, u8),
) -> ((String, Box<dyn Device>), Vec<u8>) {
    let family = LockFamily::from(family);
    let device_id = match family.as_str() {
        "danalock" => format!("0000000000{n:02x}"),
        _ => format!("000000{n:02x}"),
    };
    let options = BTreeMap::from([("motor_ms".to_owned(), "50".to_owned())]);
    let setup = Setup {
        device_id: device_id.clone(),
        name: "Oppgang".into(),
        locked: true,
        battery_percent: 90,
        seed: Some(Zeroizing::new([secret; 32])),
        credential: (family.as_str() == "dkey").then(|| Zeroizing::new(vec![secret; 36])),
        options,
    };
    let simulated = find(FAMILIES, &family).unwrap().simulate(setup, world.clone()).unwrap();
    ((device_id, simulated.device), simulated.credential.unwrap().to_vec())
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
        visit: None,
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
