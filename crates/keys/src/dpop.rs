//! DPoP (RFC 9449): each request to the station carries a proof, signed by the phone, that names the request and the
//! token. A token that was copied is worth nothing without the phone's key.
//!
//! A proof is a JWT in compact JWS form: `typ` `dpop+jwt`, `alg` ES256, `jwk` the phone's signing key; claims `jti`,
//! `htm`, `htu`, `iat`, `ath` (there is always a token), and the station's `nonce`. What else a header or the claims hold is ignored, as
//! RFC 7515 §4 and RFC 9449 §4.2 want it, but for what must be understood (`crit`) and what must not be there (a private
//! key). Whether `iat` or `nonce` is fresh (§4.3, item 11) and whether `jti` is new is the station's to say.

mod jwk;
mod jws;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use terskel_model::world::random;
use terskel_model::{Timestamp, World};
use url::Url;

use crate::{KeyError, PhoneIdentity};

pub use jwk::thumbprint;

/// The longest proof that is looked at, bytes. One of our own with a long address is half of it.
pub const LONGEST: usize = 2048;
/// The longest `jti`: it is stored.
const LONGEST_ID: usize = 64;

/// The request that a proof is made for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The whole address. Query and fragment are not part of the proof.
    pub url: &'a str,
    /// The token that goes with it, as it stands in `Authorization`.
    pub token: &'a str,
}

/// A proof that verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// `jti`: 1 to 64 bytes, unlike that of any other proof of this phone.
    pub id: String,
    /// What the station gave the phone to put in.
    pub nonce: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: Number,
    ath: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
}

/// Makes a proof for `request`. `nonce` is the last that the station gave.
///
/// # Errors
/// [`KeyError::Malformed`] where the address is not an absolute one.
pub fn make(
    phone: &PhoneIdentity,
    request: &Request<'_>,
    nonce: Option<&str>,
    world: &(impl World + ?Sized),
) -> Result<String, KeyError> {
    make_at(phone, request, nonce, world.now(), &random::<16>(world))
}

fn make_at(
    phone: &PhoneIdentity,
    request: &Request<'_>,
    nonce: Option<&str>,
    at: Timestamp,
    id: &[u8; 16],
) -> Result<String, KeyError> {
    let claims = Claims {
        jti: URL_SAFE_NO_PAD.encode(id),
        htm: request.method.to_owned(),
        htu: address(request.url)?,
        iat: at.timestamp().into(),
        ath: token_hash(request.token),
        nonce: nonce.map(str::to_owned),
    };
    jws::sign(phone, &claims)
}

/// Checks that `proof` was made by the phone with this signing key (SEC1, uncompressed), for this request.
///
/// # Errors
/// [`KeyError::Malformed`], [`KeyError::WrongPhone`] (another key), [`KeyError::BadSignature`],
/// [`KeyError::WrongRequest`] (another method, address or token).
pub fn verify(proof: &str, key: &[u8; 65], request: &Request<'_>) -> Result<Proof, KeyError> {
    if proof.len() > LONGEST {
        return Err(KeyError::Malformed);
    }
    let claims: Claims = jws::verify(proof, key)?;
    let same_request = claims.htm == request.method && address(&claims.htu)? == address(request.url)?;
    if !same_request || claims.ath != token_hash(request.token) {
        return Err(KeyError::WrongRequest);
    }
    if !(1..=LONGEST_ID).contains(&claims.jti.len()) {
        return Err(KeyError::Malformed);
    }
    Ok(Proof { id: claims.jti, nonce: claims.nonce })
}

/// An address without query and fragment, written in one way (RFC 9449 §4.3: normalised by syntax and scheme, RFC 3986
/// §6.2.2 and §6.2.3).
fn address(url: &str) -> Result<String, KeyError> {
    let mut url = Url::parse(url).map_err(|_| KeyError::Malformed)?;
    if !url.has_host() {
        return Err(KeyError::Malformed);
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url.into())
}

/// `ath` (RFC 9449 §4.2).
fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}
