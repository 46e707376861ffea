//! Certificates of locks (6.6): reading, checking, and for simulated locks writing the one profile of X.509 that is
//! in use.

mod check;
mod der;
mod ecdsa;
mod issue;
#[cfg(test)]
mod tests;
mod time;
mod x509;

pub use check::Trust;
pub(crate) use check::{Expected, check};
pub(crate) use ecdsa::{Hash, sign, verify};
pub(crate) use issue::{Subject, issue};
pub(crate) use x509::Certificate;

/// Why a certificate is not the lock's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertificateError {
    /// Not the profile that locks use.
    #[error("the certificate can't be read")]
    Malformed,
    /// It names another lock, or names it otherwise than locks do.
    #[error("the certificate is another lock's")]
    OtherLock,
    /// Not signed by the authority that vouches for this lock.
    #[error("the certificate is not signed by the lock's authority")]
    OtherAuthority,
    /// Not the key that was pinned.
    #[error("the certificate has another key than the one that is known")]
    OtherKey,
    /// Before or after its time.
    #[error("the certificate is not valid at this time")]
    Time,
}
