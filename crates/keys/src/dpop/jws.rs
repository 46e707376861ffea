//! The compact form of a JWS (RFC 7515 §7.1), for the one type and algorithm that a proof may have.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::jwk::{Jwk, present};
use crate::{KeyError, PhoneIdentity};

const TYPE: &str = "dpop+jwt";
const ALGORITHM: &str = "ES256";

#[derive(Serialize, Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Jwk,
    /// Extensions that must be understood (RFC 7515 §4.1.11): none is.
    #[serde(default, skip_serializing, deserialize_with = "present")]
    crit: bool,
}

pub(super) fn sign(phone: &PhoneIdentity, claims: &impl Serialize) -> Result<String, KeyError> {
    let header = Header {
        typ: TYPE.into(),
        alg: ALGORITHM.into(),
        jwk: Jwk::of(&phone.public().signing),
        crit: false,
    };
    let signed = format!("{}.{}", encode(&header)?, encode(claims)?);
    let signature = URL_SAFE_NO_PAD.encode(phone.sign(signed.as_bytes()));
    Ok(format!("{signed}.{signature}"))
}

/// The claims, if the header is ours and the signature that of `key`.
pub(super) fn verify<T: DeserializeOwned>(jws: &str, key: &[u8; 65]) -> Result<T, KeyError> {
    let (signed, signature) = jws.rsplit_once('.').ok_or(KeyError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(KeyError::Malformed)?;
    let header: Header = decode(header)?;
    if header.typ != TYPE || header.alg != ALGORITHM || header.crit {
        return Err(KeyError::Malformed);
    }
    header.jwk.check(key)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| KeyError::Malformed)?;
    // Either `s` counts here (RFC 7518 §3.4), and `jti` keeps a proof from counting twice.
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| KeyError::BadSignature)?;
    decode(claims)
}

fn encode(part: &impl Serialize) -> Result<String, KeyError> {
    serde_json::to_vec(part).map(|json| URL_SAFE_NO_PAD.encode(json)).map_err(|_| KeyError::Malformed)
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, KeyError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| KeyError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| KeyError::Malformed)
}
