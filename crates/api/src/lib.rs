//! The HTTP contract between station and phones, response centres and administrators' tools: request and response
//! types, one module a resource. Paths stand in [`path`]; errors are RFC 9457 problems ([`problem`]).

pub mod admin;
pub mod audit;
pub mod authority;
pub mod break_glass;
mod bytes;
pub mod continuity;
pub mod dispatch;
pub mod event;
pub mod installation;
pub mod key;
pub mod lock;
pub mod log;
pub mod path;
pub mod permission;
pub mod phone;
pub mod problem;
pub mod roster;
mod secret;
pub mod session;
pub mod team;
pub mod withdrawal;

pub use bytes::Bytes;
pub use secret::Secret;
