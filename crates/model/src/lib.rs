//! Terskel's words as types: ids, states with consuming transitions, clock, rules. No I/O but [`world`].

mod id;
mod open_enum;

pub mod break_glass;
pub mod capability;
pub mod continuity;
pub mod digital_key;
pub mod dispatch;
pub mod door;
pub mod event;
pub mod lock_report;
pub mod name;
pub mod permission;
pub mod phone_policy;
pub mod rules;
pub mod trusted_time;
pub mod withdrawal;
pub mod world;

pub use id::*;
pub use world::{Clock, Entropy, Timestamp, Uptime, World};
