//! What a phone keeps from pairing, or is given by whoever invited it, and needs for every connection.

use zeroize::{Zeroize, Zeroizing};

use crate::secret::same;

/// How a lock pairs, and how long its PIN is (1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Generation {
    /// Smart Lock 1.0 to the 4th generation: a PIN of 4 digits.
    Classic,
    /// Smart Lock Ultra, Go and the 5th generation: a PIN of 6 digits.
    Ultra,
}

impl Generation {
    /// The largest PIN.
    #[must_use]
    pub fn largest_pin(self) -> u32 {
        match self {
            Self::Classic => 9999,
            Self::Ultra => 999_999,
        }
    }
}

/// One authorization of a lock, as its holder knows it. Wiped when dropped.
#[derive(Clone)]
pub struct Credential {
    /// Under which id the lock knows it.
    pub authorization_id: u32,
    /// Shared with the lock.
    pub shared_key: [u8; 32],
    /// The id that the phone chose for itself; not 0.
    pub app_id: u32,
    /// What kind of lock it is for.
    pub generation: Generation,
    /// The lock's security PIN, for whoever administers it.
    pub pin: Option<u32>,
    /// To open, pull the latch too: a door with a knob outside opens no other way.
    pub unlatch: bool,
}

/// Bytes that are no credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a Nuki credential has 42 bytes, or 46 with a PIN")]
pub struct CredentialError;

const CLASSIC: u8 = 4;
const ULTRA: u8 = 5;
const UNLATCH: u8 = 1;
const PIN: u8 = 2;

impl Credential {
    /// Reads what [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`CredentialError`] for another length, generation or flag, or a PIN with too many digits.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CredentialError> {
        let (head, pin) = bytes.split_first_chunk::<42>().ok_or(CredentialError)?;
        let [generation, flags, a0, a1, a2, a3, i0, i1, i2, i3, shared_key @ ..] = head;
        let generation = match *generation {
            CLASSIC => Generation::Classic,
            ULTRA => Generation::Ultra,
            _ => return Err(CredentialError),
        };
        let pin = match (flags & PIN != 0, pin) {
            (false, []) => None,
            (true, pin) => Some(u32::from_le_bytes(pin.try_into().map_err(|_| CredentialError)?)),
            _ => return Err(CredentialError),
        };
        if flags & !(UNLATCH | PIN) != 0 || pin.is_some_and(|pin| pin > generation.largest_pin()) {
            return Err(CredentialError);
        }
        Ok(Self {
            authorization_id: u32::from_le_bytes([*i0, *i1, *i2, *i3]),
            shared_key: *shared_key,
            app_id: u32::from_le_bytes([*a0, *a1, *a2, *a3]),
            generation,
            pin,
            unlatch: flags & UNLATCH != 0,
        })
    }

    /// Generation (1: 4 or 5), flags (1: bit 0 unlatch, bit 1 PIN), App-ID (4), authorization id (4), shared key (32),
    /// PIN (4, where there is one). To be sealed wherever it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(46));
        let generation = if self.generation == Generation::Ultra { ULTRA } else { CLASSIC };
        let pin = if self.pin.is_some() { PIN } else { 0 };
        bytes.extend([generation, u8::from(self.unlatch) | pin]);
        bytes.extend(self.app_id.to_le_bytes());
        bytes.extend(self.authorization_id.to_le_bytes());
        bytes.extend(self.shared_key);
        bytes.extend(self.pin.map(u32::to_le_bytes).iter().flatten());
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
        self.shared_key.zeroize();
        self.pin.zeroize();
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("authorization_id", &self.authorization_id)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(generation: Generation, pin: Option<u32>, unlatch: bool) -> Credential {
        let shared_key = [0xab; 32];
        Credential {
            authorization_id: 0x0034_5c01,
            shared_key,
            app_id: 0x1234_abcd,
            generation,
            pin,
            unlatch,
        }
    }

    #[test]
    fn a_credential_survives_its_bytes_and_hides_its_secrets() {
        for key in [
            key(Generation::Classic, None, false),
            key(Generation::Classic, Some(7531), true),
            key(Generation::Ultra, Some(999_999), false),
        ] {
            let bytes = key.to_bytes();
            assert_eq!(bytes.len(), if key.pin.is_some() { 46 } else { 42 });
            assert_eq!(Credential::from_bytes(&bytes).as_ref(), Ok(&key));
            let shown = format!("{key:?}");
            assert!(!shown.contains("171") && !shown.contains("7531") && !shown.contains("ab"), "{shown}");
        }
    }

    #[test]
    fn other_bytes_are_refused() {
        let plain = key(Generation::Classic, None, false).to_bytes();
        let with_pin = key(Generation::Classic, Some(1), false).to_bytes();
        for bytes in [&plain[..41], &with_pin[..45], &[&plain[..], &[0; 4]].concat(), &[7; 42], b""] {
            assert_eq!(Credential::from_bytes(bytes), Err(CredentialError));
        }
        let mut too_long_a_pin = with_pin.to_vec();
        too_long_a_pin[42..].copy_from_slice(&10_000u32.to_le_bytes());
        assert_eq!(Credential::from_bytes(&too_long_a_pin), Err(CredentialError));
    }
}
