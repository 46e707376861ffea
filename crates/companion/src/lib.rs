//! The phone's engine: local store, outbox and sync, session and shift, alerts, visits, doors. The user interface
//! reaches it through [`interface`] alone (design law 4).
//!
//! ```text
//! Intent ─► engine ─► session · alerts · visit ──► store (facts and their events, in one transaction)
//!                        ▲                           │
//!      stream ───────────┘      outbox ◄─────────────┤
//!                                                    ▼
//! View ◄──────────────────────────── state (what is stored + what is true only now)
//! ```

mod access;
mod alerts;
#[cfg(feature = "bindings")]
pub mod bindings;
mod engine;
#[cfg(feature = "headless")]
pub mod headless;
mod install;
pub mod interface;
mod keys;
#[cfg(test)]
mod life;
mod lock;
mod outbox;
mod roster;
mod session;
mod state;
mod station_client;
#[cfg(test)]
mod stolen_phone;
mod store;
mod stream;
#[cfg(test)]
mod testing;
mod visit;

pub use engine::{Engine, EngineConfig};
pub use store::{FileKeystore, Keystore, KeystoreError, StoreError, StoreKey, store_key};
pub use terskel_locks::family::FAMILIES;
