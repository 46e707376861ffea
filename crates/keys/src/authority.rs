use std::collections::BTreeSet;

use coset::iana;
use ring::digest::{SHA256, digest};

use crate::cose::{self, Domain};
use crate::ed25519::{self, SigningKey};
use crate::{KeyError, cwt};

/// The station's key authority: signs digital keys and badges.
#[derive(Debug)]
pub struct Authority {
    key: SigningKey,
    kid: Kid,
}

impl Authority {
    /// The authority of an Ed25519 seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self::from(SigningKey::from_seed(seed))
    }

    /// The authority of an Ed25519 private key in PKCS#8 (RFC 8410 §7), DER; with its public key in it or without.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything else, another algorithm's key among it.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        SigningKey::from_pkcs8(der).map(Self::from)
    }

    /// What phones and hubs check against.
    #[must_use]
    pub fn public_key(&self) -> AuthorityKey {
        AuthorityKey(self.key.public_key())
    }

    pub(crate) fn sign(&self, domain: Domain, claims: coset::cwt::ClaimsSet) -> Result<Vec<u8>, KeyError> {
        let payload = cwt::encode(claims)?;
        cose::sign(domain, iana::Algorithm::EdDSA, self.kid.to_vec(), payload, |message| {
            self.key.sign(message)
        })
    }
}

impl From<SigningKey> for Authority {
    fn from(key: SigningKey) -> Self {
        let kid = AuthorityKey(key.public_key()).kid();
        Self { key, kid }
    }
}

/// Names an authority's key in COSE headers.
pub type Kid = [u8; 8];

/// The public half of an [`Authority`]: an Ed25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct AuthorityKey(pub [u8; 32]);

impl AuthorityKey {
    /// The first 8 bytes of its SHA-256.
    #[must_use]
    pub fn kid(self) -> Kid {
        let mut kid = [0; 8];
        kid.copy_from_slice(&digest(&SHA256, &self.0).as_ref()[..8]);
        kid
    }
}

/// The keys that a station's proofs may be signed with: one, or several while a new one takes over.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AuthorityKeys(BTreeSet<AuthorityKey>);

impl AuthorityKeys {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = AuthorityKey> {
        self.0.iter().copied()
    }

    pub(crate) fn open(&self, domain: Domain, token: &[u8]) -> Result<coset::cwt::ClaimsSet, KeyError> {
        let signed = cose::parse(domain, iana::Algorithm::EdDSA, token)?;
        let mut named = self.iter().filter(|key| key.kid()[..] == signed.kid).peekable();
        named.peek().ok_or(KeyError::UnknownAuthority)?;
        // A name is eight bytes of a hash: two keys could share it.
        if named.any(|key| ed25519::verify(&key.0, &signed.message, &signed.signature).is_ok()) {
            cwt::decode(&signed.payload)
        } else {
            Err(KeyError::BadSignature)
        }
    }
}

impl FromIterator<AuthorityKey> for AuthorityKeys {
    fn from_iter<T: IntoIterator<Item = AuthorityKey>>(keys: T) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl From<AuthorityKey> for AuthorityKeys {
    fn from(key: AuthorityKey) -> Self {
        Self(BTreeSet::from([key]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::badge;
    use crate::testing::{adas_badge, evening, station, stranger};

    /// The private key of RFC 8410 §10.3, without and with its public key.
    const PKCS8_V1: &str =
        "302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842";
    const PUBLIC: &str = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

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

    #[test]
    fn the_key_of_rfc_8410_is_read_and_other_bytes_are_not() {
        let der = unhex(PKCS8_V1);
        assert_eq!(Authority::from_pkcs8(&der).unwrap().public_key().0.to_vec(), unhex(PUBLIC));
        for bad in [&der[..47], &[], &der[2..], &[&der[..], &[0]].concat()] {
            assert_eq!(Authority::from_pkcs8(bad).err(), Some(KeyError::Malformed));
        }
        let mut x25519 = der;
        x25519[11] = 0x6e;
        assert_eq!(Authority::from_pkcs8(&x25519).err(), Some(KeyError::Malformed));
    }

    #[test]
    fn while_a_new_authority_takes_over_both_are_believed_and_no_third() {
        let (old, new) = (stranger(), station());
        let both: AuthorityKeys = [old.public_key(), new.public_key()].into_iter().collect();
        for authority in [&old, &new] {
            let badge = badge::issue(authority, &adas_badge()).unwrap();
            assert_eq!(badge::verify(&badge, &both, evening()), Ok(adas_badge()));
        }
        let badge = badge::issue(&Authority::from_seed(&[3; 32]), &adas_badge()).unwrap();
        assert_eq!(badge::verify(&badge, &both, evening()), Err(KeyError::UnknownAuthority));
        let nobody = AuthorityKeys::default();
        assert_eq!(badge::verify(&badge, &nobody, evening()), Err(KeyError::UnknownAuthority));
    }

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
    }
}
