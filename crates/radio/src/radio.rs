//! The seam between the engine and Bluetooth. Every call ends within its own time limit, whatever the system does.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// Whether Bluetooth can be used at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdapterState {
    /// Ready.
    On,
    /// There is an adapter and it is switched off.
    Off,
    /// No adapter, or no Bluetooth service.
    Absent,
}

/// Something that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// For [`Radio::connect`]; the platform's own name for the device.
    pub device: DeviceRef,
    /// `AA:BB:CC:DD:EE:FF` where the platform tells it.
    pub address: Option<String>,
    /// Local name.
    pub name: Option<String>,
    /// Signal strength, dBm.
    pub rssi: Option<i16>,
    /// Advertised services, also those that it only has data of.
    pub services: Vec<Uuid>,
    /// Company id and data.
    pub manufacturer: Vec<(u16, Vec<u8>)>,
}

/// The platform's own name for a device that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeviceRef(pub String);

/// What to listen for: any of the services, or any of the companies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanFilter {
    /// Advertised services.
    pub services: Vec<Uuid>,
    /// Company ids in manufacturer data.
    pub companies: Vec<u16>,
}

/// What comes over a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// A notification.
    Received {
        /// From which characteristic.
        characteristic: Uuid,
        /// What.
        value: Vec<u8>,
    },
    /// The link is gone. Nothing comes after it.
    Disconnected,
}

/// What Bluetooth could not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RadioError {
    /// Switched off.
    #[error("Bluetooth is off")]
    Off,
    /// No adapter, or no Bluetooth service.
    #[error("no Bluetooth adapter")]
    Absent,
    /// No answer within the limit.
    #[error("no answer within {0:?} while {1}")]
    Timeout(Duration, &'static str),
    /// The link is gone.
    #[error("the link is gone")]
    LinkLost,
    /// The device lacks the service or a characteristic.
    #[error("the device has no {0}")]
    Missing(Uuid),
    /// Anything else, in the system's words.
    #[error("Bluetooth failed: {0}")]
    Failed(String),
}

/// A Bluetooth adapter.
pub trait Radio: Send + Sync {
    /// Whether it can be used, now and whenever it changes.
    fn state(&self) -> watch::Receiver<AdapterState>;
    /// Listens until the receiver is dropped. Several scans may run at once; while Bluetooth is off or absent they
    /// wait for it to come back.
    fn scan(&self, filter: ScanFilter) -> BoxFuture<'_, Result<mpsc::Receiver<Sighting>, RadioError>>;
    /// Connects to a device that was seen (waiting for an older link to it to close), finds `profile.service` and
    /// subscribes to `profile.notify` in order.
    fn connect<'a>(
        &'a self,
        device: &'a DeviceRef,
        profile: &'a terskel_locks::session::Profile,
        limit: Duration,
    ) -> BoxFuture<'a, Result<Box<dyn Link>, RadioError>>;
}

/// A connection with its notifications subscribed. Dropping it disconnects in the background.
pub trait Link: Send {
    /// ATT MTU, at least 23.
    fn mtu(&self) -> usize;
    /// Writes one value; with a response the future ends when the device has it. Nothing is sent before the future is
    /// polled. It owns what it needs, so that notifications can be taken while it is pending.
    fn write(
        &self,
        characteristic: Uuid,
        value: &[u8],
        with_response: bool,
    ) -> BoxFuture<'static, Result<(), RadioError>>;
    /// The next thing that comes over the link. Cancel-safe.
    fn next(&mut self) -> BoxFuture<'_, LinkEvent>;
}
