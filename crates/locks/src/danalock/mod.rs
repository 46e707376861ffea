//! Danalock V3, both halves.
//!
//! Not published by the maker: built from facts gathered for interoperability, which may not hold for every lock.
//! References such as "5.3" are to the chapters of that collection; "\[O\]" marks what was reported of real locks and
//! "\[S\]" what it agrees on for driver and simulator without a claim about real locks.
//!
//! ```text
//! phone, device     who says what when, timers, outcomes
//! afi               one command each: bytes <-> values
//! tls               handshake and protection, a profile of TLS 1.2
//! certificate       is it this lock?
//! reliable          SYN, data, FIN; numbers, acknowledgements, repetition
//! frame             frames out of a byte stream
//! broadcast         state for everybody who has the key
//! ```
//!
//! # What the scheme does not give
//! These are properties of the locks in the field; nothing here repairs them, and nobody may promise more.
//! - Whoever has the broadcast key can forge what the lock seems to send to everybody, and old broadcasts can be played
//!   again: a broadcast is a hint, and no outcome of an operation rests on it.
//! - The login token is a bearer secret: whoever has it may use it from any phone until it ends. TLS proves the lock to
//!   the phone and never the phone to the lock.
//! - How the lock knows the time, and whether it refuses a token when it has lost it, is not known. Whoever is logged in
//!   can set its clock.
//! - Under [`Trust::FirstSeen`] whoever answers first with the right serial gets the token, and is pinned. The maker's
//!   authority is not published, so that the first visit may have nothing better.
//! - One link of a certificate chain is checked, from a P-256 authority; there is no revocation.
//! - Signatures are over SHA-512, of which P-256 uses the leftmost 32 bytes: as strong as the curve, and unusual.
//! - The numbers of lock states, and what most refusals of a token mean, are hypotheses: numbers that are not in them
//!   mean nothing here.
//! - The lock and the phone lose the session when an acknowledgement is lost and the lock does not acknowledge
//!   repetitions (5.4).

mod afi;
mod broadcast;
mod certificate;
mod credential;
pub mod device;
mod family;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
pub mod phone;
mod reliable;
mod serial;
#[cfg(test)]
mod tests;
mod tls;
pub mod vendor;

use uuid::Uuid;

pub use broadcast::COMPANY;
pub use certificate::Trust;
pub use credential::{Credential, CredentialError};
pub use family::Danalock;
pub use serial::Serial;

/// The primary service. It is not advertised: there is no room.
pub const SERVICE: Uuid = Uuid::from_u128(0xbce9_0001_c6eb_4ff8_bb6b_91cf_6443_c685);
/// The phone writes here, without response.
pub const WRITE: Uuid = Uuid::from_u128(0xbce9_0002_c6eb_4ff8_bb6b_91cf_6443_c685);
/// The lock notifies here.
pub const NOTIFY: Uuid = Uuid::from_u128(0xbce9_0003_c6eb_4ff8_bb6b_91cf_6443_c685);

/// The most bytes that are written or notified at once, whatever the link would carry (chapter 3).
const VALUE: usize = 20;
