//! The two secrets that phones' sessions hang on, derived from the master key: all nodes of a station have the same.

use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac::{HMAC_SHA256, Key};

use super::nonce::Nonces;
use super::phone_token::TokenKey;

/// What phones' tokens and nonces are made with.
pub(crate) struct SessionSecrets {
    pub(crate) tokens: TokenKey,
    pub(crate) nonces: Nonces,
}

impl SessionSecrets {
    /// HKDF-SHA256 (RFC 5869). Another master key ends all sessions of phones.
    pub(crate) fn derive(master: &[u8; 32]) -> Option<Self> {
        let prk = Salt::new(HKDF_SHA256, b"terskel-station").extract(master);
        let key = |purpose: &[u8]| prk.expand(&[purpose], HMAC_SHA256).ok().map(Key::from);
        Some(Self { tokens: TokenKey(key(b"phone-token/1")?), nonces: Nonces(key(b"dpop-nonce/1")?) })
    }
}
