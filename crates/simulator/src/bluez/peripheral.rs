//! A device around the adapter: the device itself, and what the daemon knows of it.

use std::collections::BTreeSet;

use terskel_locks::device::{Advertisement, Device};
use terskel_model::Uptime;
use uuid::Uuid;

use super::call::Call;
use super::link::Link;
use crate::air::AirFaults;

/// Signal strength where nothing else is said, dBm.
const RSSI: i16 = -60;

/// A simulated device on the air.
pub(crate) struct Peripheral {
    /// Its lock or hub id: its name in the control API.
    pub(crate) id: Uuid,
    /// `AA:BB:CC:DD:EE:FF`.
    pub(crate) address: String,
    /// The device's half of the protocol.
    pub(crate) device: Box<dyn Device>,
    pub(crate) faults: AirFaults,
    /// How strong it is heard, dBm.
    pub(crate) signal_dbm: i16,
    /// Battery when nothing is wrong, 0–100 %.
    pub(crate) battery_at_start: u8,
    /// D-Bus object path.
    pub(super) path: String,
    /// The daemon has a `Device1` object for it.
    pub(super) known: bool,
    /// Its services were read once, in this life of the daemon.
    pub(super) recognised: bool,
    /// Its GATT objects are on the bus.
    pub(super) exported: bool,
    /// The advertisement that the daemon heard last.
    pub(super) heard: Advertisement,
    /// `None`: no discovery since.
    pub(super) rssi: Option<i16>,
    pub(super) alias: Option<String>,
    pub(super) trusted: bool,
    pub(super) blocked: bool,
    pub(super) paired: bool,
    pub(super) advertisement_due: bool,
    /// The device changes its address now and then.
    pub(crate) changes_address: bool,
    /// UUIDs, in handle order.
    pub(super) services: Vec<Uuid>,
    pub(super) characteristics: Vec<CharacteristicState>,
    pub(super) connection: Connection,
}

/// One characteristic as the daemon knows it.
pub(super) struct CharacteristicState {
    pub(super) gatt: terskel_locks::device::Characteristic,
    /// Which of the device's services it is in.
    pub(super) service: usize,
    /// The last part of its object path.
    node: String,
    pub(super) value: Vec<u8>,
    /// The clients with a notify session. Sessions outlive the link.
    pub(super) sessions: BTreeSet<String>,
    /// The device has been asked to notify, on this link.
    pub(super) subscribed: bool,
}

/// The link to a device, or the lack of one.
#[derive(Debug)]
pub(super) enum Connection {
    None,
    /// Listening for the device in order to connect.
    Pending {
        attempt: u64,
        since: Uptime,
        waiting: Vec<Waiting>,
    },
    Up(Box<Link>),
}

/// Who waits for a connection.
#[derive(Debug)]
pub(super) enum Waiting {
    Connect(Call),
    Pair(Call),
}

impl Waiting {
    pub(super) fn call(&self) -> &Call {
        let (Self::Connect(call) | Self::Pair(call)) = self;
        call
    }
}

impl Peripheral {
    /// A device that nobody has seen yet.
    pub(crate) fn new(id: Uuid, address: &str, device: Box<dyn Device>) -> Self {
        let services = device.services();
        let mut characteristics = Vec::new();
        for (n, service) in services.iter().enumerate() {
            for (c, gatt) in service.characteristics.iter().cloned().enumerate() {
                // Declaration, value and client configuration: three handles each.
                let handle = service_handle(n) + 1 + 3 * c;
                let (node, value, sessions) = (format!("char{handle:04x}"), Vec::new(), BTreeSet::new());
                let state =
                    CharacteristicState { gatt, service: n, node, value, sessions, subscribed: false };
                characteristics.push(state);
            }
        }
        Self {
            id,
            address: address.to_owned(),
            characteristics,
            heard: device.advertisement(),
            device,
            path: path_of(address),
            faults: AirFaults::default(),
            signal_dbm: RSSI,
            battery_at_start: 100,
            known: false,
            recognised: false,
            exported: false,
            rssi: None,
            alias: None,
            trusted: false,
            blocked: false,
            paired: false,
            advertisement_due: false,
            changes_address: false,
            services: services.into_iter().map(|service| service.uuid).collect(),
            connection: Connection::None,
        }
    }

    /// Is a central connected to it?
    pub(crate) fn is_connected(&self) -> bool {
        matches!(self.connection, Connection::Up(_))
    }

    /// Nothing is wrong with the air around it any more.
    pub(crate) fn clear_air(&mut self) {
        self.faults = AirFaults::default();
        self.signal_dbm = RSSI;
    }

    /// Takes another address. The daemon has never heard of it.
    pub(super) fn move_to(&mut self, address: String) {
        self.path = path_of(&address);
        self.address = address;
        (self.known, self.recognised, self.exported, self.rssi) = (false, false, false, None);
        (self.alias, self.trusted, self.paired) = (None, false, false);
        for characteristic in &mut self.characteristics {
            characteristic.sessions.clear();
        }
    }

    pub(super) fn service_path(&self, n: usize) -> String {
        format!("{}/service{:04x}", self.path, service_handle(n))
    }

    pub(super) fn characteristic_path(&self, c: usize) -> String {
        let CharacteristicState { service, node, .. } = &self.characteristics[c];
        format!("{}/{node}", self.service_path(*service))
    }

    pub(super) fn link(&mut self) -> Option<&mut Link> {
        match &mut self.connection {
            Connection::Up(link) => Some(link),
            _ => None,
        }
    }

    /// The link with this number, if it is still that one.
    pub(super) fn link_numbered(&mut self, number: u64) -> Option<&mut Link> {
        self.link().filter(|link| link.number == number)
    }

    pub(super) fn services_resolved(&self) -> bool {
        matches!(&self.connection, Connection::Up(link) if link.resolved)
    }
}

fn path_of(address: &str) -> String {
    format!("/org/bluez/hci0/dev_{}", address.replace(':', "_"))
}

/// The first handle of the n-th service.
fn service_handle(n: usize) -> usize {
    0x10 + 0x100 * n
}
