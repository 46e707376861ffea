//! The phone's engine: local store, outbox and sync, session and shift, alerts, visits, doors. The user interface
//! reaches it through [`interface`] alone (design law 4).

#[cfg(feature = "bindings")]
pub mod bindings;
pub mod interface;
