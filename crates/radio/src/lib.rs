//! Bluetooth: a small [`Radio`] trait, btleplug behind it, and the runner that drives lock sessions over a link.
//!
//! ```text
//! find()  ──► Sighting ──► connect() ──► Box<dyn Link> ──► run(session, link, clock) ──► events
//!   │                         │
//!   └──────── Radio ──────────┘        BluetoothRadio: the system's Bluetooth, by btleplug
//! ```

mod bluetooth;
mod connect;
mod find;
mod radio;
mod runner;
#[cfg(test)]
mod testing;

pub use bluetooth::BluetoothRadio;
pub use connect::*;
pub use find::*;
pub use radio::*;
pub use runner::*;
