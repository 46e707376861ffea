//! The profile of TLS 1.2 that the lock speaks (chapter 6), one record in each payload of the reliable layer.
//!
//! ECDHE-ECDSA-AES256-GCM-SHA384 on P-256 with the extended master secret, and three peculiarities that keep ordinary
//! TLS libraries out: signatures over SHA-512 cut to 32 bytes, explicit nonces that must count from zero, and a
//! Finished of the lock in a record of type application data.
//!
//! ```text
//! client, server    the two machines of the handshake
//! message           one handshake message each: bytes <-> values
//! seal              protection of records after ChangeCipherSpec
//! keys, prf         from the premaster secret to keys and verify data
//! ```

mod client;
mod exchange;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod keys;
mod message;
mod prf;
mod record;
mod seal;
mod server;
#[cfg(test)]
mod tests;

pub(super) use client::{Client, ClientStep};
pub(super) use exchange::KeyPair;
pub(super) use record::{Record, content};
pub(super) use seal::Channel;
pub(super) use server::{Identity, Server, ServerStep};

use super::certificate::CertificateError;

/// Why a handshake or a channel can't go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TlsError {
    /// Not a record, or of a kind that has no place here.
    #[error("unexpected record while waiting for {0}")]
    Unexpected(&'static str),
    /// A message of the wrong form, or with values that the profile does not know.
    #[error("{0} does not fit the profile")]
    Profile(&'static str),
    /// The certificate is not the lock's.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The signature over the key exchange is not by the certificate's key.
    #[error("the key exchange is not signed by the certificate's key")]
    Signature,
    /// A record that does not open, or whose number is not the next.
    #[error("a protected record does not open")]
    Seal,
    /// The handshake was not the same on both sides.
    #[error("the handshake was tampered with")]
    Finished,
    /// The other side gives up.
    #[error("alert")]
    Alert,
    /// The source of randomness gives only impossible scalars.
    #[error("no randomness")]
    Entropy,
}
