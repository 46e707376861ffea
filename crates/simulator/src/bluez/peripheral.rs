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
    pub(super) service: Uuid,
    pub(super) characteristics: Vec<CharacteristicState>,
    pub(super) connection: Connection,
}

/// One characteristic as the daemon knows it.
pub(super) struct CharacteristicState {
    pub(super) gatt: terskel_locks::device::Characteristic,
    pub(super) path: String,
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
        let path = format!("/org/bluez/hci0/dev_{}", address.replace(':', "_"));
        let service = device.service();
        let first_handle = 0x11;
        let characteristics = service.characteristics.into_iter().zip(0..).map(|(gatt, n)| {
            // Declaration, value and client configuration: three handles each.
            let path = format!("{path}/service0010/char{:04x}", first_handle + 3 * n);
            let (value, sessions) = (Vec::new(), BTreeSet::new());
            CharacteristicState { gatt, path, value, sessions, subscribed: false }
        });
        Self {
            id,
            address: address.to_owned(),
            characteristics: characteristics.collect(),
            heard: device.advertisement(),
            device,
            faults: AirFaults::default(),
            signal_dbm: RSSI,
            battery_at_start: 100,
            path,
            known: false,
            recognised: false,
            exported: false,
            rssi: None,
            alias: None,
            trusted: false,
            blocked: false,
            paired: false,
            advertisement_due: false,
            service: service.uuid,
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

    pub(super) fn service_path(&self) -> String {
        format!("{}/service0010", self.path)
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
