use coset::iana;
use ring::digest::{SHA256, digest};

use crate::cose::{self, Domain};
use crate::ed25519::{self, SigningKey};
use crate::{KeyError, cwt};

/// The station's key authority: signs digital keys and badges. Comes from a seed that the station keeps sealed.
#[derive(Debug)]
pub struct Authority(SigningKey);

impl Authority {
    /// The authority of an Ed25519 seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_seed(seed))
    }

    /// What phones and hubs check against.
    #[must_use]
    pub fn public_key(&self) -> AuthorityKey {
        AuthorityKey(self.0.public_key())
    }

    pub(crate) fn sign(&self, domain: Domain, claims: coset::cwt::ClaimsSet) -> Result<Vec<u8>, KeyError> {
        let kid = self.public_key().kid();
        let payload = cwt::encode(claims)?;
        cose::sign(domain, iana::Algorithm::EdDSA, kid.to_vec(), payload, |message| self.0.sign(message))
    }
}

/// The public half of an [`Authority`]: an Ed25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AuthorityKey(pub [u8; 32]);

impl AuthorityKey {
    /// Names the key in COSE headers: the first 8 bytes of its SHA-256.
    fn kid(self) -> [u8; 8] {
        let mut kid = [0; 8];
        kid.copy_from_slice(&digest(&SHA256, &self.0).as_ref()[..8]);
        kid
    }

    pub(crate) fn open(self, domain: Domain, token: &[u8]) -> Result<coset::cwt::ClaimsSet, KeyError> {
        let signed = cose::parse(domain, iana::Algorithm::EdDSA, token)?;
        if signed.kid != self.kid() {
            return Err(KeyError::BadSignature);
        }
        ed25519::verify(&self.0, &signed.message, &signed.signature)?;
        cwt::decode(&signed.payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::station;

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", station());
        assert!(!shown.contains("515151") && !shown.contains("81, 81, 81"), "{shown}");
        assert!(shown.contains("public_key"), "{shown}");
    }

    #[test]
    fn a_station_keeps_its_key_across_restarts() {
        assert_eq!(Authority::from_seed(&[7; 32]).public_key(), Authority::from_seed(&[7; 32]).public_key());
    }
}
