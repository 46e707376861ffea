//! Nuki Smart Lock, both halves: generations 1 to 4, and Ultra with those that behave like it.
//!
//! Built from the maker's published Bluetooth API and from what is known of the locks in the field. References such
//! as "(6.3)" are to the chapters of Terskel's specification of it; "\[D\]" marks what it settles for the simulator
//! without a claim about real locks.
//!
//! ```text
//! phone, device     who says what when, timers, outcomes
//! message           one command each: bytes <-> values
//! frame             plain and sealed messages, CRC, putting fragments together
//! crypto            key agreement, pairing authenticators, sealing
//! ```
//!
//! # What the scheme does not give (5, 6, 8.5)
//! These are properties of the locks in the field; nothing here repairs them, and nobody may promise more.
//! - No forward secrecy: one 32-byte key per authorization seals everything until the authorization is removed. Who
//!   learns it reads every recorded connection, and opens the door.
//! - Pairing with generations 1 to 4 is open to an active attacker within radio range at that moment; the press of
//!   the button is the only guard.
//! - Answers are not fresh: only commands carry the lock's challenge. Whoever sits in the middle can replay what the
//!   lock once sealed. The phone refuses a nonce that it has seen on this connection, takes only what locks send, and
//!   does not believe a state whose time runs backwards; an answer recorded on an earlier connection passes as far as
//!   its time does not tell.
//! - Errors in clear are not authenticated: they explain why nothing happened, and never delete a key.
//! - The security PIN gives the whole administration of the lock, and a phone that holds it holds that.
//! - Time windows and the log hang on the lock's clock, which drifts and which every PIN holder can set; entries of the
//!   log are not signed. The name suffix is what the phone says it is.

mod credential;
mod crypto;
pub mod device;
pub mod errand;
mod family;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod install;
mod message;
pub mod phone;
#[cfg(test)]
mod tests;

use uuid::Uuid;

pub use credential::{Credential, CredentialError, Generation};
pub use family::Nuki;
pub use message::{Limits, TimeOfDay, Weekdays};

const fn uuid(part: u32) -> Uuid {
    Uuid::from_fields(part, 0x5501, 0x11e4, &[0x91, 0x6c, 0x08, 0x00, 0x20, 0x0c, 0x9a, 0x66])
}

/// Named in the advertisements of a factory-fresh lock; no service of its own.
pub const INITIALIZATION_SERVICE: Uuid = uuid(0xa92e_e000);
/// Pairing of generations 1 to 4.
pub const PAIRING_SERVICE: Uuid = uuid(0xa92e_e100);
/// Its one characteristic.
pub const PAIRING: Uuid = uuid(0xa92e_e101);
/// The service for everything but pairing.
pub const KEYTURNER_SERVICE: Uuid = uuid(0xa92e_e200);
/// General data, "GDIO": errors that the lock cannot seal.
pub const GENERAL: Uuid = uuid(0xa92e_e201);
/// User data, "USDIO": sealed messages.
pub const USER: Uuid = uuid(0xa92e_e202);
/// Pairing of the Ultra.
pub const ULTRA_PAIRING_SERVICE: Uuid = uuid(0xa92e_e300);
/// Its one characteristic.
pub const ULTRA_PAIRING: Uuid = uuid(0xa92e_e301);

/// Company id of the iBeacon frames that a lock sends when it is not in pairing mode (3).
pub const BEACON_COMPANY: u16 = 0x004c;
/// Leading bytes of an iBeacon frame.
const BEACON: [u8; 2] = [0x02, 0x15];
