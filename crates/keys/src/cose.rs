//! COSE_Sign1 (RFC 9052 §4.2) with exactly one encoding for each content: tag 18, algorithm and key id in the
//! protected header, nothing unprotected, nothing critical. What parses is what [`sign`] would have written, so that no byte outside
//! the signature can change unseen.

use ciborium::value::Value;
use coset::{CoseSign1, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable as _, iana};

use crate::KeyError;

mod exact;

/// Larger than any proof of ours, small enough to parse without harm.
pub(crate) const MAX_BYTES: usize = 16 * 1024;

/// The header parameter that lists what must not be overlooked (RFC 9052 §3.1).
const CRIT: i64 = 2;

/// What is signed. Goes into the signature as external additional data, not into the bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Domain {
    DigitalKey,
    Badge,
    Event,
}

impl Domain {
    fn aad(self) -> &'static [u8] {
        match self {
            Self::DigitalKey => b"terskel/digital-key/1",
            Self::Badge => b"terskel/badge/1",
            Self::Event => b"terskel/event/1",
        }
    }
}

/// A parsed, unverified COSE_Sign1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) kid: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// What `signature` must be over.
    pub(crate) message: Vec<u8>,
}

pub(crate) fn sign(
    domain: Domain,
    algorithm: iana::Algorithm,
    kid: Vec<u8>,
    payload: Vec<u8>,
    signer: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<Vec<u8>, KeyError> {
    let bytes = frame(algorithm, kid, payload)
        .create_signature(domain.aad(), signer)
        .build()
        .to_tagged_vec()
        .map_err(|_| KeyError::Malformed)?;
    if bytes.len() > MAX_BYTES { Err(KeyError::Malformed) } else { Ok(bytes) }
}

pub(crate) fn parse(domain: Domain, algorithm: iana::Algorithm, bytes: &[u8]) -> Result<Signed, KeyError> {
    if bytes.len() > MAX_BYTES {
        return Err(KeyError::Malformed);
    }
    match exact::parse(domain, algorithm, bytes) {
        Some(signed) => Ok(signed),
        None => parse_any(domain, algorithm, bytes),
    }
}

/// By the library, which also tells why it is none.
fn parse_any(domain: Domain, algorithm: iana::Algorithm, bytes: &[u8]) -> Result<Signed, KeyError> {
    let parsed = CoseSign1::from_tagged_slice(bytes).map_err(|_| why_not(bytes))?;
    let CoseSign1 { protected, payload, signature, .. } = parsed;
    if !protected.header.crit.is_empty() {
        return Err(KeyError::UnknownCritical);
    }
    let kid = protected.header.key_id;
    let payload = payload.ok_or(KeyError::Malformed)?;
    let rebuilt = frame(algorithm, kid.clone(), payload.clone()).signature(signature.clone()).build();
    let message = rebuilt.tbs_data(domain.aad());
    match rebuilt.to_tagged_vec() {
        Ok(canonical) if canonical == bytes => Ok(Signed { kid, payload, signature, message }),
        _ => Err(KeyError::Malformed),
    }
}

/// The library does not read a header that names a label it has not heard of as critical.
fn why_not(bytes: &[u8]) -> KeyError {
    match protected_header(bytes) {
        Some(header) if header.iter().any(|(label, _)| *label == Value::Integer(CRIT.into())) => {
            KeyError::UnknownCritical
        }
        _ => KeyError::Malformed,
    }
}

fn protected_header(bytes: &[u8]) -> Option<Vec<(Value, Value)>> {
    let value: Value = ciborium::from_reader(bytes).ok()?;
    let (_, content) = value.into_tag().ok()?;
    let header = content.into_array().ok()?.into_iter().next()?.into_bytes().ok()?;
    ciborium::from_reader::<Value, _>(header.as_slice()).ok()?.into_map().ok()
}

fn frame(algorithm: iana::Algorithm, kid: Vec<u8>, payload: Vec<u8>) -> CoseSign1Builder {
    let header = HeaderBuilder::new().algorithm(algorithm).key_id(kid).build();
    CoseSign1Builder::new().protected(header).payload(payload)
}
