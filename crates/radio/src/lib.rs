//! Bluetooth: a small [`Radio`] trait, btleplug behind it, and the runner that drives lock sessions over a link.

mod radio;

pub use radio::*;
