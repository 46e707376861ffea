//! The lock's half: [`SimulatedLock`], after chapter 9.
//!
//! What the specification leaves open, and is settled here:
//! - Every command that is obeyed runs the motor and is a movement, also where the bolt stood right already.
//! - A stuck mechanism is noticed before the answer: a status report of type 1, then error 10 for the command. The
//!   bolt has not moved, and `jammed` is recorded.
//! - After [`WRONG_CODES`] wrong answers the activation code is void; a void or used code is refused like a wrong one.
//! - A request to disconnect waits up to a second for its acknowledgement.
//! - Notifications are off at every connection until the phone switches them on; status reports always come.

mod associate;
mod authenticate;
mod config;
mod lock;
mod mechanism;
mod operate;

pub use config::LockConfig;
pub use lock::SimulatedLock;

/// Wrong answers to the challenge after which an activation code is void.
pub const WRONG_CODES: u8 = 5;
