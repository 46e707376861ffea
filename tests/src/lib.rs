//! Whole-system stories: station, simulator and phones together, as separate processes on one machine.

pub mod bench;
pub mod soak;
pub mod stage;
pub mod story;
