//! The station's public keys, as a JWK Set (RFC 7517) of Ed25519 keys (RFC 8037).

use serde::{Deserialize, Serialize};

use crate::Bytes;

/// The keys that digital keys and badges are checked with: one, or several while a new one takes over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeySet {
    /// In no particular order.
    pub keys: Vec<PublicKey>,
}

/// A JWK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicKey {
    /// `OKP`; a key of another type is not for digital keys.
    pub kty: String,
    /// `Ed25519`.
    #[serde(default)]
    pub crv: String,
    /// The key, 32 bytes.
    #[serde(default)]
    pub x: Bytes,
    /// The `kid` of the COSE headers, 8 bytes.
    #[serde(default)]
    pub kid: Bytes,
    /// `EdDSA`.
    #[serde(default)]
    pub alg: String,
    /// `sig`.
    #[serde(default, rename = "use")]
    pub usage: String,
}

impl PublicKey {
    /// An Ed25519 key and its name.
    #[must_use]
    pub fn ed25519(key: [u8; 32], kid: [u8; 8]) -> Self {
        Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x: Bytes(key.to_vec()),
            kid: Bytes(kid.to_vec()),
            alg: "EdDSA".into(),
            usage: "sig".into(),
        }
    }
}

impl KeySet {
    /// The Ed25519 keys. Others are passed over (RFC 7517 §5).
    pub fn ed25519(&self) -> impl Iterator<Item = [u8; 32]> {
        let ours = self.keys.iter().filter(|key| key.kty == "OKP" && key.crv == "Ed25519");
        ours.filter_map(|key| key.x.0.as_slice().try_into().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_other_kinds_are_passed_over() {
        let text = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},{"kty":"oct"},
            {"kty":"OKP","crv":"Ed25519","x":"AAAA"},
            {"kty":"OKP","crv":"Ed25519","x":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc","since":"later"}]}"#;
        let keys: KeySet = serde_json::from_str(text).unwrap();
        assert_eq!(keys.ed25519().collect::<Vec<_>>(), [[7; 32]]);
    }

    #[test]
    fn a_key_is_written_as_rfc_8037_has_it() {
        let json = serde_json::to_value(PublicKey::ed25519([7; 32], [1; 8])).unwrap();
        let x = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
        let wanted = serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "AQEBAQEBAQE",
            "alg": "EdDSA", "use": "sig"});
        assert_eq!(json, wanted);
    }
}
