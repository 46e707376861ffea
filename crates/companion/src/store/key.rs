//! The key that the store is encrypted with.

use terskel_model::Entropy;
use terskel_model::world::random;
use zeroize::Zeroizing;

/// 32 random bytes, kept by a [`super::Keystore`].
#[derive(Clone)]
pub struct StoreKey(Zeroizing<[u8; 32]>);

impl StoreKey {
    /// A key from the platform's key store.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// For whoever keeps it.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A fresh one.
    pub(super) fn random(entropy: &(impl Entropy + ?Sized)) -> Self {
        Self(Zeroizing::new(random::<32>(entropy)))
    }

    /// SQLCipher's way of writing a raw key.
    pub(super) fn pragma(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(70));
        text.push_str("\"x'");
        for byte in self.0.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text.push_str("'\"");
        text
    }
}

impl std::fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_model::Timestamp;
    use terskel_model::world::ManualWorld;

    #[test]
    fn a_key_is_never_shown() {
        let key = StoreKey::random(&ManualWorld::new(Timestamp::UNIX_EPOCH, 1));
        assert_eq!(key.pragma().len(), 3 + 64 + 2);
        assert_eq!(format!("{key:?}"), "StoreKey(…)");
    }
}
