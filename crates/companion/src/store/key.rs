//! The key that the store is encrypted with.

use std::io::{Read as _, Write as _};
use std::path::Path;

use terskel_model::Entropy;
use terskel_model::world::random;
use zeroize::Zeroizing;

use super::StoreError;

/// 32 random bytes. A phone keeps them in its key store; in development they are in a file.
#[derive(Clone)]
pub struct StoreKey(Zeroizing<[u8; 32]>);

impl StoreKey {
    /// A key from the platform's key store.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key from `path`; at first start makes the file, readable by its owner only. For development: who
    /// has both files has the store.
    ///
    /// # Errors
    /// [`StoreError::KeyFile`].
    pub fn from_file(path: &Path, entropy: &(impl Entropy + ?Sized)) -> Result<Self, StoreError> {
        match std::fs::File::open(path) {
            Ok(mut file) => {
                let mut bytes = Zeroizing::new([0; 32]);
                file.read_exact(&mut bytes[..]).map_err(StoreError::KeyFile)?;
                Ok(Self(bytes))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let bytes = Zeroizing::new(random::<32>(entropy));
                create(path, &bytes).map_err(StoreError::KeyFile)?;
                Ok(Self(bytes))
            }
            Err(e) => Err(StoreError::KeyFile(e)),
        }
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

fn create(path: &Path, bytes: &[u8; 32]) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_model::Timestamp;
    use terskel_model::world::ManualWorld;

    #[test]
    fn the_key_is_made_once_for_its_owner_only_and_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a").join("store.key");
        let world = ManualWorld::new(Timestamp::UNIX_EPOCH, 1);
        let first = StoreKey::from_file(&path, &world).unwrap();
        let again = StoreKey::from_file(&path, &world).unwrap();
        assert_eq!(first.pragma(), again.pragma());
        assert_eq!(first.pragma().len(), 3 + 64 + 2);
        assert_eq!(format!("{first:?}"), "StoreKey(…)");
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777,
            0o600
        );
    }
}
