//! The lock's half: [`SimulatedLock`], after chapters 6 to 10 and 13.
//!
//! What the specification leaves open, and is settled here:
//! - Every action that is obeyed runs the motor and is a movement, also where the bolt stood right already. A movement
//!   is told when it is done; what follows an unlatch, and lock 'n' go, comes before COMPLETE.
//! - A motor that is blocked says so after its time; nothing but `jammed` is recorded then.
//! - An empty battery (0 %) refuses with 0x49 before anything moves.
//! - A restart forgets a movement that was under way: the lock does not know then where its bolt stands.
//! - A lock that has lost the time takes it to be the start of 1970.
//! - Daylight saving is part of the timezone offset; the lock does not change it by itself.
//! - One connection at a time, as with older firmware.
//! - Of Advanced Config, the durations of unlatch and lock 'n' go have an effect; the rest is kept and told.

mod authorizations;
mod config;
mod faults;
mod journal;
mod lock;
mod mechanism;
mod operate;
mod outbox;
mod pairing;
mod request;
mod settings;
mod tell;
mod window;

pub use config::{Known, LockConfig};
pub use lock::SimulatedLock;
