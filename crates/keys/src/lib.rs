//! What proves who may open what and who did it: phone identities, digital keys, badges, hub receipts and signed
//! events. Bytes in, bytes out: no I/O, no clock; randomness is an argument.
//!
//! | proof | signed by | form |
//! | --- | --- | --- |
//! | [`digital_key`] | the station's [`Authority`] | CWT (RFC 8392) in COSE_Sign1 (RFC 9052), EdDSA |
//! | [`badge`] | the station's [`Authority`] | CWT in COSE_Sign1, EdDSA |
//! | [`dpop`] | a [`PhoneIdentity`] | JWT (RFC 7519) in compact JWS, ES256 |
//! | [`event`] | a [`PhoneIdentity`] | CBOR in COSE_Sign1, ES256 |
//! | [`receipt`] | a hub's [`receipt::HubKey`] | fixed binary layout, Ed25519 |
//! | [`sign_in`] | a [`PhoneIdentity`] | bare ES256 signature |
//! | [`log`] checkpoint | the station's [`log::LogKey`] | signed note (C2SP), Ed25519 |
//!
//! Each of them is signed under a domain of its own, so that one can never be taken for another.

mod authority;
mod cose;
mod cwt;
mod ed25519;
mod error;
mod identity;
mod seal;
#[cfg(test)]
mod testing;

pub mod audit;
pub mod badge;
pub mod digital_key;
pub mod dpop;
pub mod event;
pub mod log;
pub mod receipt;
pub mod sign_in;

pub use authority::{Authority, AuthorityKey, AuthorityKeys, Kid};
pub use error::KeyError;
pub use identity::{PhoneIdentity, PhonePublic};
