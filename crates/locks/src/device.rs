//! What every device half looks like to the simulator's Bluetooth: a peripheral that advertises, is written to and
//! notifies. Machines like the phone's halves: no clock, no sockets.

use serde::Serialize;
use terskel_model::{Timestamp, Uptime};
use uuid::Uuid;

/// What a peripheral sends to everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advertisement {
    /// Local name.
    pub name: String,
    /// 128-bit service UUIDs.
    pub services: Vec<Uuid>,
    /// Company id and data.
    pub manufacturer: Option<(u16, Vec<u8>)>,
    /// 128-bit service UUID and data.
    pub service_data: Option<(Uuid, Vec<u8>)>,
}

/// One characteristic of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Characteristic {
    /// Which.
    pub uuid: Uuid,
    /// Write request.
    pub write: bool,
    /// Write command.
    pub write_without_response: bool,
    /// Notify.
    pub notify: bool,
    /// Indicate.
    pub indicate: bool,
}

impl Characteristic {
    /// Can it be subscribed to?
    #[must_use]
    pub fn tells(&self) -> bool {
        self.notify || self.indicate
    }
}

/// One of the device's GATT services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Which.
    pub uuid: Uuid,
    /// Its characteristics, in handle order.
    pub characteristics: Vec<Characteristic>,
}

/// The clocks a device sees: its own uptime, and its real-time clock as it is set (maybe wrong).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceTime {
    /// For timers.
    pub uptime: Uptime,
    /// The device's wall clock.
    pub wall: Timestamp,
}

/// A movement of the bolt, or a receipt given: what physically happened, from the device itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// The device's wall clock.
    pub at: Timestamp,
    /// `unlocked`, `locked`, `jammed`; for hubs `checked_in`, `checked_out`.
    pub what: String,
    /// Whose key or badge, as the device knows it.
    pub by: String,
}

/// What a device shows of itself to the control API and to tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceReport {
    /// The family's word for its state: `locked`, `unlocked`, `unlatched` while the latch is pulled; for hubs `present`, `absent`.
    pub state: String,
    /// Battery, 0–100 %.
    pub battery_percent: Option<u8>,
    /// All that moved, in order.
    pub movements: Vec<Movement>,
}

/// Faults inside the device. Faults of the air (range, loss, delay) are the simulator's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceFault {
    /// The mechanism is stuck (or free again).
    Jammed(bool),
    /// Battery, 0–100 %.
    Battery(u8),
    /// Takes writes and answers nothing (or works again).
    Hang(bool),
    /// Restarts: the link is gone without a word, and what only memory held with it.
    Reboot,
    /// Has forgotten where its bolt ends (or knows again). Of no effect on families that need no calibration.
    Uncalibrated(bool),
    /// One of the family's own, by its name; the device half lists them. An unknown one has no effect.
    Own(String),
    /// All of the family's own are mended.
    Mended,
}

/// The device's half of a protocol. One connection at a time.
pub trait Device: Send {
    /// What it sends to everybody.
    fn advertisement(&self) -> Advertisement;
    /// Its services, in handle order.
    fn services(&self) -> Vec<Service>;
    /// A central has connected. `mtu` is the ATT MTU.
    fn connected(&mut self, _mtu: usize, _now: DeviceTime) {}
    /// The central subscribed to a characteristic.
    fn subscribed(&mut self, _characteristic: Uuid, _now: DeviceTime) {}
    /// The central wrote.
    fn written(&mut self, characteristic: Uuid, value: &[u8], now: DeviceTime);
    /// The link is gone. Volatile state is forgotten, associations and movements stay.
    fn disconnected(&mut self, now: DeviceTime);
    /// A timeout that [`Self::poll_timeout`] gave has come.
    fn timed_out(&mut self, _now: DeviceTime) {}
    /// The next notification.
    fn poll_notify(&mut self) -> Option<(Uuid, Vec<u8>)>;
    /// True once when the device wants the link closed, after its notifications are out.
    fn poll_disconnect(&mut self) -> bool {
        false
    }
    /// When to call [`Self::timed_out`].
    fn poll_timeout(&self) -> Option<Uptime> {
        None
    }
    /// Breaks or mends the device.
    fn inject(&mut self, _fault: DeviceFault) {}
    /// What it shows of itself.
    fn report(&self) -> DeviceReport;
}
