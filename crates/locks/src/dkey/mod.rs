//! dormakaba dKey, both halves.
//!
//! Not published by the maker: built from facts gathered for interoperability, which may not hold for every lock.
//! References such as "6.7" are to the chapters of that collection; "\[S\]" marks what it agrees on for driver and
//! simulator without a claim about real locks.
//!
//! ```text
//! phone, device     who says what when, timers, outcomes
//! message           one command or response each: bytes <-> values
//! channel           sealing, fragments, acknowledgements, one command at a time per direction
//! crypto            CRC, keystream, seal, IV, session keys, association secret
//! ```
//!
//! # What the scheme does not give (4.8)
//! These are properties of the locks in the field; nothing here repairs them, and nobody may promise
//! more.
//! - No forward secrecy: who learns the 32-byte secret reads every recorded session.
//! - No message authentication: a CRC under a stream cipher can be forged by flipping known bits.
//! - The lock proves itself only by producing frames that open.
//! - The activation code has about 39 bits and its proof travels in clear: it can be searched offline.
//! - The proof of the code equals the first keystream block of the lock's direction.
//! - No time windows and no clock: a credential opens until the lock is told to forget it.

mod activation_code;
mod channel;
mod credential;
mod crypto;
pub mod device;
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

pub use activation_code::{ActivationCode, ActivationCodeError};
pub use credential::{Credential, CredentialError};
pub use family::Dkey;

/// The primary service; also what the lock advertises.
pub const SERVICE: Uuid = Uuid::from_u128(0xe7a6_0000_6639_429f_94fd_86de_8ea2_6897);
/// Lane of the phone's commands and the lock's answers to them. Some locks advertise it in place of [`SERVICE`].
pub const TO_SERVER: Uuid = Uuid::from_u128(0xe7a6_0001_6639_429f_94fd_86de_8ea2_6897);
/// Lane of the lock's commands and the phone's answers to them.
pub const FROM_SERVER: Uuid = Uuid::from_u128(0xe7a6_0002_6639_429f_94fd_86de_8ea2_6897);
