//! What must not be seen.

use zeroize::{Zeroize, Zeroizing};

use crate::hex;

/// Wiped when dropped, not in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

/// A fixed number of secret bytes.
pub type SecretBytes<const N: usize> = Secret<[u8; N]>;

impl<T: Zeroize> Secret<T> {
    /// Hides it from here on.
    pub(crate) fn new(it: Zeroizing<T>) -> Self {
        Self(it)
    }

    /// What it is, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize + AsRef<[u8]>> Secret<T> {
    /// The bytes as hex digits.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        hex::encode(self.0.as_ref())
    }
}

impl<T: Zeroize> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}
