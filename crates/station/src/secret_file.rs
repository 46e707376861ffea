//! The station's own secrets: 32 random bytes in a file that only its user can read, made at the first start.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use terskel_model::Entropy;
use zeroize::Zeroizing;

/// More than any text that is read from a file has.
const LONGEST_TEXT: usize = 4096;

/// Why a secret file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read or made.
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    /// Others can read it.
    #[error("{0} must be readable by its owner only: chmod 600")]
    TooOpen(PathBuf),
    /// It does not hold 32 bytes.
    #[error("{0} does not hold 32 bytes")]
    Length(PathBuf),
}

impl SecretFileError {
    /// There is no such file.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Io(_, error) if error.kind() == std::io::ErrorKind::NotFound)
    }

    fn is_there_already(&self) -> bool {
        matches!(self, Self::Io(_, error) if error.kind() == std::io::ErrorKind::AlreadyExists)
    }
}

/// 32 bytes, wiped when they are let go.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// A new secret.
pub(crate) fn draw(entropy: &dyn Entropy) -> Secret {
    let mut secret = Zeroizing::new([0; 32]);
    entropy.fill(secret.as_mut());
    secret
}

/// Reads the secret, or makes it where there is none.
pub(crate) fn read_or_make(path: &Path, entropy: &dyn Entropy) -> Result<Secret, SecretFileError> {
    let secret = draw(entropy);
    match write(path, &secret) {
        Ok(()) => Ok(secret),
        Err(error) if error.is_there_already() => read(path),
        Err(error) => Err(error),
    }
}

/// Writes a secret into a file that is not there yet, whole or not at all: a station that is killed meanwhile starts
/// again.
pub(crate) fn write(path: &Path, secret: &Secret) -> Result<(), SecretFileError> {
    let io = |e| SecretFileError::Io(path.to_owned(), e);
    let directory = path.parent().unwrap_or(Path::new("."));
    // Of mode 0600, and gone if it does not get the name.
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(io)?;
    file.write_all(secret.as_ref()).and_then(|()| file.as_file().sync_all()).map_err(io)?;
    file.persist_noclobber(path).map(drop).map_err(|refused| io(refused.error))
}

/// Reads a secret that is there.
pub(crate) fn read(path: &Path) -> Result<Secret, SecretFileError> {
    let (mut file, length) = open(path)?;
    if length != 32 {
        return Err(SecretFileError::Length(path.to_owned()));
    }
    let mut secret = Zeroizing::new([0; 32]);
    file.read_exact(secret.as_mut()).map_err(|e| SecretFileError::Io(path.to_owned(), e))?;
    Ok(secret)
}

/// Reads a text that somebody has put there.
pub(crate) fn read_text(path: &Path) -> Result<Zeroizing<String>, SecretFileError> {
    let (file, length) = open(path)?;
    // Of the final size from the start: growing would leave copies behind.
    let mut text =
        Zeroizing::new(String::with_capacity(usize::try_from(length).unwrap_or(0).min(LONGEST_TEXT)));
    let most = u64::try_from(LONGEST_TEXT).unwrap_or(u64::MAX);
    file.take(most).read_to_string(&mut text).map_err(|e| SecretFileError::Io(path.to_owned(), e))?;
    Ok(text)
}

/// The file and its length, if only its owner can read it.
fn open(path: &Path) -> Result<(File, u64), SecretFileError> {
    let io = |e| SecretFileError::Io(path.to_owned(), e);
    let file = OpenOptions::new().read(true).open(path).map_err(io)?;
    let about = file.metadata().map_err(io)?;
    if about.permissions().mode() & 0o077 != 0 {
        return Err(SecretFileError::TooOpen(path.to_owned()));
    }
    Ok((file, about.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_model::Timestamp;
    use terskel_model::world::ManualWorld;

    #[test]
    fn a_secret_is_made_once_and_refused_when_others_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let world = ManualWorld::new(Timestamp::UNIX_EPOCH, 1);
        let made = read_or_make(&path, &world).unwrap();
        assert_eq!(read_or_make(&path, &world).unwrap(), made);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read_or_make(&path, &world), Err(SecretFileError::TooOpen(_))));
    }
}
