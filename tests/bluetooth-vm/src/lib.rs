//! What the two programs of the Bluetooth virtual machine have in common. `docs/bluetooth-vm.md` says how they are run.
//!
//! ```text
//! vm-phone ─ radio ─ btleplug ─ bluetoothd ─ kernel ─ hci0 ┐
//!                                                          ├ btvirt: a virtual air without delay
//! vm-lock ─ Device ─ trouble-host ─ relay ─────────── hci1 ┘
//! ```

mod record;
mod relay;
mod street;

pub use record::{LinkRecord, Packet, Record};
pub use relay::{Air, paced};
pub use street::lock_of;
