//! Is it this lock's certificate (6.6)? Names, dates and trust; that the lock has the key is shown by its signature in
//! the handshake.

use terskel_model::Timestamp;

use super::{Certificate, CertificateError, verify};
use crate::danalock::Serial;
use crate::secret::same;

/// What vouches for a lock's certificate. There is no way to take any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trust {
    /// It is signed by the owner of this certificate (DER), its direct issuer.
    Authority(Vec<u8>),
    /// It has the key with this SHA-256 of SubjectPublicKeyInfo.
    Pinned([u8; 32]),
    /// Nothing yet: the first that is seen will be pinned. Whoever stands in between then, stays in between.
    FirstSeen,
}

/// What a certificate must say.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) serial: Serial,
    pub(crate) trust: Trust,
    /// The time of day; `None` where nobody knows it: dates are not checked then.
    pub(crate) at: Option<Timestamp>,
}

/// Checks a certificate.
pub(crate) fn check<'a>(der: &'a [u8], expected: &Expected) -> Result<Certificate<'a>, CertificateError> {
    let certificate = Certificate::decode(der).ok_or(CertificateError::Malformed)?;
    let serial = expected.serial.0;
    let start = serial.iter().position(|byte| *byte != 0).unwrap_or(serial.len());
    if certificate.common_name != expected.serial.common_name()
        || Some(certificate.number) != serial.get(start..)
    {
        return Err(CertificateError::OtherLock);
    }
    match &expected.trust {
        Trust::Authority(anchor) => signed_by(&certificate, anchor)?,
        Trust::Pinned(known) if !same(known, &certificate.fingerprint()) => {
            return Err(CertificateError::OtherKey);
        }
        Trust::Pinned(_) | Trust::FirstSeen => {}
    }
    let valid = |at| (certificate.not_before..=certificate.not_after).contains(&at);
    if expected.at.is_none_or(valid) { Ok(certificate) } else { Err(CertificateError::Time) }
}

fn signed_by(certificate: &Certificate<'_>, anchor: &[u8]) -> Result<(), CertificateError> {
    let anchor = Certificate::decode(anchor).ok_or(CertificateError::OtherAuthority)?;
    let issued = certificate.issuer == anchor.subject;
    let signed = || verify(&anchor.point, certificate.hash, certificate.signed, certificate.signature);
    if issued && signed() { Ok(()) } else { Err(CertificateError::OtherAuthority) }
}
