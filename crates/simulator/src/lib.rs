//! Locks and hubs that speak the real Bluetooth protocols, behind a stand-in for BlueZ on a private D-Bus.
//!
//! A [`Street`] says who lives where behind which locks; [`Simulator::start`] puts its devices on a [`PrivateBus`].
//! Clients reach them as they reach real ones, with `DBUS_SYSTEM_BUS_ADDRESS` pointing to that bus.

mod air;
mod bluez;
mod bus;
mod control;
mod daemon;
mod devices;
mod hex;
mod key_service;
mod simulator;
mod street;
mod timers;

pub use bus::PrivateBus;
pub use devices::DeviceInfo;
pub use simulator::{KeyServiceInfo, Options, Simulator};
pub use street::{Door, Hub, Lock, Resident, Secret, SecretBytes, Street, StreetError};
