//! What a digital key carries for a lock of this family.
//!
//! Members of tag 1, length 2 (big endian), value; in this order:
//!
//! | tag | length | value |
//! | --- | --- | --- |
//! | 1 | 1–255 | login token |
//! | 2 | 16 | broadcast key |
//! | 3 | 1–640 | certificate (DER) of the authority, or |
//! | 4 | 32 | SHA-256 of the lock's SubjectPublicKeyInfo, or |
//! | 5 | 0 | the first certificate seen is to be trusted |

use zeroize::Zeroizing;

use super::certificate::{Certificate, Trust};
use crate::secret::same;

const TOKEN: u8 = 1;
const BROADCAST_KEY: u8 = 2;
const AUTHORITY: u8 = 3;
const PINNED: u8 = 4;
const FIRST_SEEN: u8 = 5;
/// All of it together.
const LONGEST: usize = 700;

/// Login token, broadcast key, and what vouches for the lock. Wiped when dropped.
#[derive(Clone)]
pub struct Credential {
    /// Opens the session; whoever has it may do what it allows.
    pub login_token: Zeroizing<Vec<u8>>,
    /// Reads, and forges, what the lock sends to everybody.
    pub broadcast_key: Zeroizing<[u8; 16]>,
    /// What the lock's certificate is checked against.
    pub trust: Trust,
}

/// Bytes that are no credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a login token, a broadcast key and what vouches for the lock")]
pub struct CredentialError;

impl Credential {
    /// Reads what [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`CredentialError`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CredentialError> {
        Self::read(bytes).filter(|_| bytes.len() <= LONGEST).ok_or(CredentialError)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (token, rest) =
            member(bytes).filter(|(tag, _, _)| *tag == TOKEN).map(|(_, v, rest)| (v, rest))?;
        let (key, rest) =
            member(rest).filter(|(tag, _, _)| *tag == BROADCAST_KEY).map(|(_, v, rest)| (v, rest))?;
        let (tag, value, rest) = member(rest)?;
        let trust = match tag {
            AUTHORITY => Trust::Authority(Certificate::decode(value).map(|_| value.to_vec())?),
            PINNED => Trust::Pinned(value.try_into().ok()?),
            FIRST_SEEN if value.is_empty() => Trust::FirstSeen,
            _ => return None,
        };
        let fits = (1..=255).contains(&token.len()) && rest.is_empty();
        let broadcast_key = key.try_into().ok().filter(|_| fits)?;
        let login_token = Zeroizing::new(token.to_vec());
        Some(Self { login_token, broadcast_key: Zeroizing::new(broadcast_key), trust })
    }

    /// To be sealed wherever it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let (tag, trust): (u8, &[u8]) = match &self.trust {
            Trust::Authority(certificate) => (AUTHORITY, certificate),
            Trust::Pinned(fingerprint) => (PINNED, fingerprint),
            Trust::FirstSeen => (FIRST_SEEN, &[]),
        };
        // Of the final size from the start: growing would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST));
        for (tag, value) in [
            (TOKEN, self.login_token.as_slice()),
            (BROADCAST_KEY, self.broadcast_key.as_slice()),
            (tag, trust),
        ] {
            bytes.push(tag);
            bytes.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend_from_slice(value);
        }
        bytes
    }
}

/// Tag and value of the next member, and what follows.
fn member(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let ([tag, high, low], rest) = bytes.split_first_chunk()?;
    let (value, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))?;
    Some((*tag, value, rest))
}

impl PartialEq for Credential {
    fn eq(&self, other: &Self) -> bool {
        same(&self.to_bytes(), &other.to_bytes())
    }
}

impl Eq for Credential {}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let trust = match self.trust {
            Trust::Authority(_) => "authority",
            Trust::Pinned(_) => "pinned",
            Trust::FirstSeen => "first seen",
        };
        f.debug_struct("Credential").field("trust", &trust).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::danalock::tests::vectors::{ANCHOR, hex};
    use proptest::prelude::*;

    #[test]
    fn a_credential_survives_its_bytes_and_hides_its_secrets() {
        for trust in [Trust::Authority(hex(ANCHOR)), Trust::Pinned([7; 32]), Trust::FirstSeen] {
            let key =
                Credential { login_token: vec![0xab; 107].into(), broadcast_key: [0xcd; 16].into(), trust };
            let bytes = key.to_bytes();
            assert!(bytes.len() <= 480, "{}", bytes.len());
            assert_eq!(Credential::from_bytes(&bytes).as_ref(), Ok(&key));
            let shown = format!("{key:?}");
            assert!(!shown.contains("171") && !shown.contains("205") && !shown.contains("ab,"), "{shown}");
            for n in 0..bytes.len() {
                assert_eq!(Credential::from_bytes(&bytes[..n]), Err(CredentialError), "cut to {n}");
            }
            assert_eq!(Credential::from_bytes(&[&bytes[..], &[5, 0, 0]].concat()), Err(CredentialError));
        }
        let empty =
            Credential { login_token: vec![].into(), broadcast_key: [0; 16].into(), trust: Trust::FirstSeen };
        assert_eq!(Credential::from_bytes(&empty.to_bytes()), Err(CredentialError), "no token");
        let no_anchor =
            Credential { trust: Trust::Authority(vec![1]), login_token: vec![1].into(), ..empty.clone() };
        assert_eq!(Credential::from_bytes(&no_anchor.to_bytes()), Err(CredentialError));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Credential::from_bytes(&bytes);
        }
    }
}
