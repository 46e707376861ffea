//! Certificate (11), of either side: 3-byte length of the list, then for each certificate a 3-byte length and DER.
//! The lock's list has exactly one, the phone's is empty.
//!
//! CertificateRequest (13): nobody looks at its content.

use super::{kind, length3, message, prefixed3};

/// A list of one certificate, or of none.
pub(crate) fn certificate_list(der: Option<&[u8]>) -> Vec<u8> {
    let entry = der.map(|der| [&length3(der.len())[..], der].concat()).unwrap_or_default();
    message(kind::CERTIFICATE, &[&length3(entry.len())[..], &entry].concat())
}

/// The one certificate of a list.
pub(crate) fn only_certificate(body: &[u8]) -> Option<&[u8]> {
    let (list, after) = prefixed3(body)?;
    let (der, more) = prefixed3(list)?;
    (after.is_empty() && more.is_empty()).then_some(der)
}

/// ECDSA keys, three signature algorithms, no names of authorities.
pub(crate) fn certificate_request() -> Vec<u8> {
    message(kind::CERTIFICATE_REQUEST, &[1, 0x40, 0, 6, 6, 3, 5, 3, 4, 3, 0, 0])
}
