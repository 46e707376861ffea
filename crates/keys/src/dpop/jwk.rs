//! A P-256 key as a JWK (RFC 7517, RFC 7518 §6.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use crate::KeyError;

/// The members that a thumbprint is made of, in the order that it wants (RFC 7638 §3.2), and the one that may not be.
#[derive(Serialize, Deserialize)]
pub(super) struct Jwk {
    crv: String,
    kty: String,
    x: String,
    y: String,
    /// A private key has no business in a proof (RFC 9449 §4.3, item 7).
    #[serde(default, skip_serializing, deserialize_with = "present")]
    d: bool,
}

impl Jwk {
    /// Of an uncompressed point.
    pub(super) fn of(key: &[u8; 65]) -> Self {
        Self {
            crv: "P-256".into(),
            kty: "EC".into(),
            x: URL_SAFE_NO_PAD.encode(&key[1..33]),
            y: URL_SAFE_NO_PAD.encode(&key[33..]),
            d: false,
        }
    }

    /// Whether it is this key, and nothing more. A coordinate is always 32 bytes (RFC 7518 §6.2.1.2).
    pub(super) fn check(&self, key: &[u8; 65]) -> Result<(), KeyError> {
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| KeyError::Malformed);
        let (x, y) = (decode(&self.x)?, decode(&self.y)?);
        if self.kty != "EC" || self.crv != "P-256" || x.len() != 32 || y.len() != 32 || self.d {
            return Err(KeyError::Malformed);
        }
        if [&[4], &x[..], &y[..]].concat() == key { Ok(()) } else { Err(KeyError::WrongPhone) }
    }
}

/// What a key is known by in tokens (RFC 7638, SHA-256): `jkt` of RFC 9449 §6.
#[must_use]
pub fn thumbprint(key: &[u8; 65]) -> [u8; 32] {
    let members = serde_json::to_vec(&Jwk::of(key)).unwrap_or_default();
    let mut thumbprint = [0; 32];
    thumbprint.copy_from_slice(digest(&SHA256, &members).as_ref());
    thumbprint
}

/// For a member that may not be there, whatever its value.
pub(super) fn present<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(value).map(|_| true)
}
