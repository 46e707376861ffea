//! What a phone keeps from association and shows at every connection.

use zeroize::{Zeroize, Zeroizing};

use super::crypto::same;

/// The lock's name for the key, and the secret shared with the lock. Wiped when dropped.
#[derive(Clone)]
pub struct Credential {
    /// Under which id the lock knows this key.
    pub key_holder_id: [u8; 4],
    /// Shared with the lock.
    pub secret: [u8; 32],
}

/// Bytes that are no credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a dKey credential has 36 bytes")]
pub struct CredentialError;

impl Credential {
    /// Reads what [`Self::to_bytes`] gave: key holder id (4), secret (32).
    ///
    /// # Errors
    /// [`CredentialError`] unless there are exactly 36 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CredentialError> {
        let (id, secret) = bytes.split_first_chunk().ok_or(CredentialError)?;
        Ok(Self { key_holder_id: *id, secret: secret.try_into().map_err(|_| CredentialError)? })
    }

    /// Key holder id (4), secret (32). To be sealed wherever it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 36]> {
        let mut bytes = Zeroizing::new([0; 36]);
        bytes[..4].copy_from_slice(&self.key_holder_id);
        bytes[4..].copy_from_slice(&self.secret);
        bytes
    }
}

impl PartialEq for Credential {
    fn eq(&self, other: &Self) -> bool {
        same(self.to_bytes().as_slice(), other.to_bytes().as_slice())
    }
}

impl Eq for Credential {}

impl Drop for Credential {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("key_holder_id", &self.key_holder_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_survives_its_bytes_and_hides_its_secret() {
        let key = Credential { key_holder_id: [0x2c, 0, 0, 1], secret: [0xab; 32] };
        assert_eq!(Credential::from_bytes(key.to_bytes().as_slice()).as_ref(), Ok(&key));
        let shown = format!("{key:?}");
        assert!(shown.contains("44") && !shown.contains("171") && !shown.contains("ab"), "{shown}");
    }

    #[test]
    fn other_lengths_are_refused() {
        for length in [0, 3, 35, 37] {
            assert_eq!(Credential::from_bytes(&vec![1; length]), Err(CredentialError));
        }
    }
}
