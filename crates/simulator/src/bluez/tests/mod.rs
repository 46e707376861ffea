//! The fidelity rules, each compared with the real bluetoothd when they were written down, in virtual time.

mod adapter;
mod clients;
mod connection;
mod discovery;
mod echo;
mod gatt;
mod pacing;
mod scene;
