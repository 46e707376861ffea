//! The stage: a simulator in one process, the phone's radio in another.
//!
//! libdbus reads the address of the bus once per process and from the environment only, so a test starts the simulator
//! and then runs itself once more, as the phone.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use terskel_locks::session::Profile;
use terskel_locks::{dkey, hub};
use terskel_radio::{
    AdapterState, BluetoothRadio, DeviceRef, Link, LinkEvent, Radio, ScanFilter, connect, find,
};
use terskel_simulator::{Options, Simulator, Street};
use tokio::io::{AsyncBufReadExt, BufReader};

const CONTROL: &str = "TERSKEL_TEST_CONTROL";
const PART: &str = "TERSKEL_TEST_PART";
/// Said by the phone's process to have the simulator ended.
const END: &str = "-- the world may end --";
/// Said by the phone's process to have another simulator in the place of the one that has ended.
const BEGIN: &str = "-- the world may begin anew --";
const BUS: &str = "DBUS_SYSTEM_BUS_ADDRESS";

/// Long enough for a slow machine; nothing waits so long when all is well.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// Kari's flat door.
pub(crate) const DOOR: &str = "0192a1b2-c300-7002-8000-000000000001";
/// Where Kari's lock is heard.
pub(crate) const DOOR_ADDRESS: &str = "C0:00:00:00:00:01";
/// Kari's hub.
pub(crate) const HUB: &str = "0192a1b2-c300-7003-8000-000000000001";
/// Where Kari's hub is heard.
pub(crate) const HUB_ADDRESS: &str = "C0:00:00:00:01:01";
/// Where the neighbour's hub is heard.
pub(crate) const OTHER_HUB_ADDRESS: &str = "C0:00:00:00:01:02";

/// The world around the phone.
pub(crate) struct Air {
    /// A file that says where the control door is: another simulator has another.
    control: PathBuf,
    client: reqwest::Client,
    /// Which of the test's processes this is, from 1.
    pub(crate) part: usize,
}

impl Air {
    /// Breaks a device, or the air around it.
    pub(crate) async fn fault(&self, device: &str, fault: Value) {
        self.post(&format!("devices/{device}/fault"), &fault).await;
    }

    pub(crate) async fn mend(&self, device: &str) {
        let url = format!("{}/devices/{device}/fault", self.control());
        self.client.delete(url).send().await.unwrap().error_for_status().unwrap();
    }

    pub(crate) async fn knock(&self, device: &str) {
        self.post(&format!("devices/{device}/knock"), &json!({})).await;
    }

    pub(crate) async fn adapter(&self, change: Value) {
        self.post("adapter", &change).await;
    }

    pub(crate) async fn look(&self, device: &str) -> Value {
        let url = format!("{}/devices/{device}", self.control());
        self.client.get(url).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// How often the bolt has moved, says the lock.
    pub(crate) async fn movements(&self, device: &str) -> u64 {
        self.look(device).await["movement_count"].as_u64().unwrap()
    }

    pub(crate) async fn is_connected(&self, device: &str) -> bool {
        self.look(device).await["connected"].as_bool().unwrap()
    }

    /// Ends the simulator and its bus, as when the whole Bluetooth service dies.
    pub(crate) async fn end(&self) {
        println!("{END}");
        let gone = async {
            while self.client.get(format!("{}/devices", self.control())).send().await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(SOON, gone).await.expect("the world should end when asked to");
    }

    /// Another simulator on another bus, at the same address: the Bluetooth service is back.
    pub(crate) async fn begin_anew(&self) {
        let before = self.control();
        println!("{BEGIN}");
        let back = async {
            while self.control() == before {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(SOON, back).await.expect("the world should begin anew when asked to");
    }

    fn control(&self) -> String {
        std::fs::read_to_string(&self.control).unwrap()
    }

    /// Waits until the device's own side is, or is not, connected.
    pub(crate) async fn wait_connected(&self, device: &str, connected: bool) {
        let wait = async {
            while self.is_connected(device).await != connected {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(SOON, wait).await.expect("the device's side of the link should follow");
    }

    async fn post(&self, path: &str, body: &Value) {
        let url = format!("{}/{path}", self.control());
        self.client.post(url).json(body).send().await.unwrap().error_for_status().unwrap();
    }
}

/// Runs `story` on a phone in the street of `street.toml`. `test` is the path of the calling test.
pub(crate) fn on_the_street(test: &str, story: impl AsyncFnOnce(Air)) {
    in_parts(test, 1, story);
}

/// As [`on_the_street`], with `parts` processes one after the other; a part may end in any way but a failure.
pub(crate) fn in_parts(test: &str, parts: usize, story: impl AsyncFnOnce(Air)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match std::env::var(CONTROL) {
        Ok(control) => {
            let part = std::env::var(PART).unwrap().parse().unwrap();
            // A connection for each question: one that is kept is answered after the world has ended.
            let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
            runtime.block_on(story(Air { control: control.into(), client, part }));
        }
        Err(_) => runtime.block_on(be_the_world(test, parts)),
    }
}

/// Puts the street on the air. The bus is always at the same place: `bus` in `place` leads to it.
async fn world(place: &Path) -> Simulator {
    let street = Street::parse(include_str!("street.toml")).unwrap();
    let simulator = Simulator::start(&street, Options::default()).await.unwrap();
    let socket = simulator.bus.strip_prefix("unix:path=").unwrap().split(',').next().unwrap();
    let (link, new) = (place.join("bus"), place.join("new"));
    std::os::unix::fs::symlink(socket, &new).unwrap();
    std::fs::rename(&new, link).unwrap();
    // In one step: whoever reads it meets the old or the new.
    std::fs::write(&new, &simulator.control).unwrap();
    std::fs::rename(new, place.join("control")).unwrap();
    simulator
}

async fn be_the_world(test: &str, parts: usize) {
    let place = tempfile::tempdir().unwrap();
    let mut simulator = Some(world(place.path()).await);
    for part in 1..=parts {
        assert!(simulator.is_some(), "only the last part ends the world");
        let mut phone = tokio::process::Command::new(std::env::current_exe().unwrap());
        phone
            .args([test, "--exact", "--nocapture"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        phone.env(BUS, format!("unix:path={}", place.path().join("bus").display()));
        phone.env(CONTROL, place.path().join("control")).env(PART, part.to_string());
        let mut phone = phone.spawn().unwrap();
        let mut lines = BufReader::new(phone.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.ends_with(END) {
                simulator = None;
            }
            if line.ends_with(BEGIN) {
                simulator = Some(world(place.path()).await);
            }
            println!("{line}");
        }
        let ended = phone.wait().await.unwrap();
        assert!(ended.success(), "part {part} of {test} failed in the phone's process: {ended}");
    }
}

/// A radio that is on.
pub(crate) async fn radio() -> BluetoothRadio {
    let radio = BluetoothRadio::start();
    expect_state(&radio, AdapterState::On).await;
    radio
}

pub(crate) async fn expect_state(radio: &BluetoothRadio, wanted: AdapterState) {
    let mut state = radio.state();
    let reached = tokio::time::timeout(SOON, state.wait_for(|s| *s == wanted)).await;
    assert!(reached.is_ok(), "the adapter should be {wanted:?}");
}

pub(crate) fn hubs() -> ScanFilter {
    ScanFilter { services: vec![], companies: vec![hub::COMPANY] }
}

pub(crate) fn locks() -> ScanFilter {
    ScanFilter { services: vec![dkey::SERVICE, dkey::TO_SERVER], companies: vec![] }
}

pub(crate) async fn find_at(radio: &BluetoothRadio, filter: ScanFilter, address: &str) -> DeviceRef {
    find(radio, filter, SOON, |s| s.address.as_deref() == Some(address)).await.unwrap().device
}

pub(crate) fn hub_profile() -> Profile {
    Profile { service: hub::SERVICE, notify: vec![hub::ANSWER] }
}

/// A link to a hub, after the challenge with which every hub begins.
pub(crate) async fn connect_hub(radio: &BluetoothRadio, device: &DeviceRef) -> Box<dyn Link> {
    let mut link = connect(radio, device, &hub_profile(), SOON).await.unwrap();
    let challenge = next(&mut link).await;
    assert!(matches!(challenge, LinkEvent::Received { characteristic: hub::ANSWER, .. }), "{challenge:?}");
    link
}

/// What comes next over the link.
pub(crate) async fn next(link: &mut Box<dyn Link>) -> LinkEvent {
    tokio::time::timeout(SOON, link.next()).await.expect("something should come over the link")
}
