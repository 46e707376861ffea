//! A certificate, as far as it is looked at (6.6).
//!
//! ```text
//! SEQUENCE
//!   SEQUENCE                      signed
//!     [0] INTEGER 2               version 3
//!     INTEGER                     serial number
//!     SEQUENCE                    signature algorithm
//!     SEQUENCE                    issuer
//!     SEQUENCE time, time         validity
//!     SEQUENCE                    subject, with one common name
//!     SEQUENCE                    public key: P-256, uncompressed
//!     [3]                         extensions, not looked at
//!   SEQUENCE                      signature algorithm, the same
//!   BIT STRING                    signature
//! ```

use ring::digest::{SHA256, digest};
use terskel_model::Timestamp;

use super::der::{Reader, tag, unsigned};
use super::ecdsa::Hash;
use super::time::time;

/// `id-ecPublicKey` with `prime256v1`.
pub(super) const P256_KEY: [u8; 19] = [
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
    0x01, 0x07,
];
/// `ecdsa-with-SHA2`; the last byte says which.
pub(super) const ECDSA: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
pub(super) const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];
/// Longer than any certificate of a lock by far.
const LONGEST: usize = 2048;

/// What a certificate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Certificate<'a> {
    /// What is signed.
    pub(super) signed: &'a [u8],
    /// Big endian, without leading zeros.
    pub(super) number: &'a [u8],
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) common_name: &'a str,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    /// SubjectPublicKeyInfo, the whole element.
    key_info: &'a [u8],
    /// The public key, uncompressed.
    pub(crate) point: [u8; 65],
    pub(super) hash: Hash,
    pub(super) signature: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Reads DER. `None` for anything but the profile.
    pub(crate) fn decode(der: &'a [u8]) -> Option<Self> {
        let mut outer = Reader::new(Reader::only(der, tag::SEQUENCE).filter(|_| der.len() <= LONGEST)?);
        let signed = outer.expect(tag::SEQUENCE)?;
        let algorithm = outer.expect(tag::SEQUENCE)?;
        let signature = bits(outer.expect(tag::BIT_STRING)?.content).filter(|_| outer.is_empty())?;

        let mut inner = Reader::new(signed.content);
        let version = inner.expect(tag::CONTEXT_0)?.content;
        let number = unsigned(inner.expect(tag::INTEGER)?.content)?;
        let named = inner.expect(tag::SEQUENCE)?.whole;
        let issuer = inner.expect(tag::SEQUENCE)?.whole;
        let mut validity = Reader::new(inner.expect(tag::SEQUENCE)?.content);
        let (not_before, not_after) = (time(validity.next()?)?, time(validity.next()?)?);
        let subject = inner.expect(tag::SEQUENCE)?;
        let key = inner.expect(tag::SEQUENCE)?;
        if version != [2, 1, 2] || named != algorithm.whole || !validity.is_empty() || !ends(inner) {
            return None;
        }
        Some(Self {
            signed: signed.whole,
            number,
            issuer,
            subject: subject.whole,
            common_name: common_name(subject.content)?,
            not_before,
            not_after,
            key_info: key.whole,
            point: point(key.content)?,
            hash: hash(algorithm.content)?,
            signature,
        })
    }

    /// SHA-256 of its SubjectPublicKeyInfo.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest(&SHA256, self.key_info).as_ref());
        fingerprint
    }
}

/// Nothing follows, or extensions.
fn ends(mut rest: Reader<'_>) -> bool {
    rest.is_empty() || (rest.expect(tag::CONTEXT_3).is_some() && rest.is_empty())
}

/// A bit string of whole bytes.
fn bits(content: &[u8]) -> Option<&[u8]> {
    content.strip_prefix(&[0])
}

fn hash(algorithm: &[u8]) -> Option<Hash> {
    match Reader::only(algorithm, tag::OID)?.strip_prefix(&ECDSA)? {
        [2] => Some(Hash::Sha256),
        [3] => Some(Hash::Sha384),
        [4] => Some(Hash::Sha512),
        _ => None,
    }
}

fn point(key: &[u8]) -> Option<[u8; 65]> {
    let mut reader = Reader::new(key);
    let algorithm = reader.expect(tag::SEQUENCE)?.content;
    let point = bits(reader.expect(tag::BIT_STRING)?.content)?;
    let fits = algorithm == P256_KEY && point.first() == Some(&4) && reader.is_empty();
    point.try_into().ok().filter(|_| fits)
}

/// The one common name of a distinguished name.
fn common_name(name: &[u8]) -> Option<&str> {
    let (mut names, mut found) = (Reader::new(name), None);
    while !names.is_empty() {
        let mut attributes = Reader::new(names.expect(tag::SET)?.content);
        while !attributes.is_empty() {
            let mut attribute = Reader::new(attributes.expect(tag::SEQUENCE)?.content);
            let kind = attribute.expect(tag::OID)?.content;
            let value = attribute.next().filter(|_| attribute.is_empty())?;
            if kind == COMMON_NAME {
                let text = matches!(value.tag, tag::UTF8_STRING | tag::PRINTABLE_STRING);
                let text = std::str::from_utf8(value.content).ok().filter(|_| text && found.is_none())?;
                found = Some(text);
            }
        }
    }
    found
}
