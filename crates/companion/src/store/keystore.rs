//! Where the store's key is kept. A phone in service has a [`Keystore`] of its platform, which the shell brings;
//! [`FileKeystore`] is for tests and headless phones, and only where somebody has asked for it.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use terskel_model::Entropy;
use zeroize::Zeroizing;

use super::StoreKey;

/// Keeps one key: that of the store of this phone. On Android it is for the Keystore, on iOS for the Keychain, on desktops
/// for what the system has (Secret Service, Keychain, Credential Manager).
pub trait Keystore {
    /// The key, if one was kept before.
    ///
    /// # Errors
    /// [`KeystoreError`]: whether there is one is not known.
    fn load(&self) -> Result<Option<StoreKey>, KeystoreError>;

    /// Keeps this key, in place of any other.
    ///
    /// # Errors
    /// [`KeystoreError`]: it may not be kept.
    fn keep(&self, key: &StoreKey) -> Result<(), KeystoreError>;
}

/// There is no key to be had. Never answered by another key, or by another place for it.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// Terskel does not know how to use a keystore of this platform.
    #[error("no keystore of this platform is wired up")]
    Unsupported,
    /// The platform's keystore does not answer, is locked, or refuses.
    #[error("the keystore: {0}")]
    Unavailable(String),
    /// What is kept is no key, or not the one that was to be kept.
    #[error("the keystore holds something else")]
    Damaged,
    /// There is a store, and nobody has its key: it can't be opened any more.
    #[error("there is a store, and its key is gone")]
    KeyMissing,
    /// The key file can't be made, read or deleted.
    #[error("the key file: {0}")]
    File(#[from] std::io::Error),
}

/// The key of the store at `store`: as it is kept; else what an earlier version has left in the file `former`, which moves
/// into the keystore; else, where there is no store yet, a fresh one.
///
/// # Errors
/// [`KeystoreError`]. A store whose key is gone is left as it is.
pub fn store_key(
    keystore: &dyn Keystore,
    store: &Path,
    former: Option<&Path>,
    entropy: &(impl Entropy + ?Sized),
) -> Result<StoreKey, KeystoreError> {
    let former = former.map(|path| FileKeystore { path: path.to_owned() });
    if let Some(kept) = keystore.load()? {
        // An earlier process was interrupted between keeping and deleting.
        if let Some(former) = former
            && former.load()?.is_some_and(|old| old.expose() == kept.expose())
        {
            former.delete()?;
        }
        return Ok(kept);
    }
    let moved = former.as_ref().map(Keystore::load).transpose()?.flatten();
    let key = match moved {
        Some(key) => key,
        None if store.exists() => return Err(KeystoreError::KeyMissing),
        None => StoreKey::random(entropy),
    };
    keystore.keep(&key)?;
    // What can't be read back is not relied on: the file would be deleted, or a store made that nobody opens again.
    if keystore.load()?.is_none_or(|kept| kept.expose() != key.expose()) {
        return Err(KeystoreError::Damaged);
    }
    if let Some(former) = former {
        former.delete()?;
    }
    Ok(key)
}

/// A file, readable by its owner only: who has it and the store has everything. For tests and headless phones.
#[derive(Clone, Debug)]
pub struct FileKeystore {
    /// Where.
    pub path: PathBuf,
}

impl Keystore for FileKeystore {
    fn load(&self) -> Result<Option<StoreKey>, KeystoreError> {
        let mut file = match std::fs::File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = Zeroizing::new([0; 32]);
        file.read_exact(&mut bytes[..]).map_err(|_| KeystoreError::Damaged)?;
        Ok(Some(StoreKey::new(*bytes)))
    }

    fn keep(&self, key: &StoreKey) -> Result<(), KeystoreError> {
        if let Some(parent) = self.path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        // Whole or not at all.
        let unfinished = self.path.with_extension("new");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&unfinished)?;
        file.write_all(key.expose())?;
        file.sync_all()?;
        Ok(std::fs::rename(unfinished, &self.path)?)
    }
}

impl FileKeystore {
    /// Overwritten first: that helps where the file system writes in place, and does no harm where it does not.
    fn delete(&self) -> Result<(), KeystoreError> {
        match std::fs::OpenOptions::new().write(true).open(&self.path) {
            Ok(mut file) => {
                file.write_all(&[0; 32])?;
                file.sync_all()?;
                Ok(std::fs::remove_file(&self.path)?)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
