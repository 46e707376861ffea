//! First start, later starts, the way from the file into a platform's keystore, and keystores with bad manners.

use std::sync::Mutex;

use terskel_model::Timestamp;
use terskel_model::world::ManualWorld;

use super::*;
use crate::store::{Store, StoreError};

/// A platform's keystore that can be locked, and one that forgets.
#[derive(Default)]
struct Platform {
    kept: Mutex<Option<[u8; 32]>>,
    locked: bool,
    forgets: bool,
}

impl Keystore for Platform {
    fn load(&self) -> Result<Option<StoreKey>, KeystoreError> {
        if self.locked {
            return Err(KeystoreError::Unavailable("locked".into()));
        }
        Ok(self.kept.lock().unwrap().map(StoreKey::new))
    }

    fn keep(&self, key: &StoreKey) -> Result<(), KeystoreError> {
        if !self.forgets {
            *self.kept.lock().unwrap() = Some(*key.expose());
        }
        Ok(())
    }
}

struct Phone {
    dir: tempfile::TempDir,
    world: ManualWorld,
}

impl Phone {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), world: ManualWorld::new(Timestamp::UNIX_EPOCH, 1) }
    }

    fn store(&self) -> PathBuf {
        self.dir.path().join("phone.db")
    }

    fn file(&self) -> FileKeystore {
        FileKeystore { path: self.dir.path().join("keys").join("store.key") }
    }

    fn start(&self, keystore: &dyn Keystore) -> Result<StoreKey, KeystoreError> {
        store_key(keystore, &self.store(), Some(&self.file().path), &self.world)
    }
}

#[tokio::test]
async fn a_key_file_moves_into_the_keystore_and_the_store_opens_as_before() {
    let (phone, platform) = (Phone::new(), Platform::default());
    let old = store_key(&phone.file(), &phone.store(), None, &phone.world).unwrap();
    drop(Store::open(&phone.store(), &old).await.unwrap());

    let moved = phone.start(&platform).unwrap();
    assert_eq!(moved.expose(), old.expose());
    assert!(!phone.file().path.exists());
    drop(Store::open(&phone.store(), &moved).await.unwrap());
    assert_eq!(phone.start(&platform).unwrap().expose(), old.expose());
    let other = StoreKey::new([9; 32]);
    assert!(matches!(Store::open(&phone.store(), &other).await, Err(StoreError::WrongKey)));
}

#[test]
fn a_file_that_an_interruption_left_behind_goes_at_the_next_start() {
    let (phone, platform) = (Phone::new(), Platform::default());
    let old = store_key(&phone.file(), &phone.store(), None, &phone.world).unwrap();
    platform.keep(&old).unwrap();
    phone.start(&platform).unwrap();
    assert!(!phone.file().path.exists());
}

#[test]
fn another_phones_key_file_is_left_alone() {
    let (phone, platform) = (Phone::new(), Platform::default());
    phone.file().keep(&StoreKey::new([5; 32])).unwrap();
    platform.keep(&StoreKey::new([6; 32])).unwrap();
    assert_eq!(phone.start(&platform).unwrap().expose(), &[6; 32]);
    assert!(phone.file().path.exists());
}

#[test]
fn a_keystore_that_is_locked_or_forgets_is_not_gone_round() {
    let phone = Phone::new();
    phone.file().keep(&StoreKey::new([5; 32])).unwrap();
    let locked = Platform { locked: true, ..Platform::default() };
    assert!(matches!(phone.start(&locked), Err(KeystoreError::Unavailable(_))));
    let forgets = Platform { forgets: true, ..Platform::default() };
    assert!(matches!(phone.start(&forgets), Err(KeystoreError::Damaged)));
    assert_eq!(phone.file().load().unwrap().unwrap().expose(), &[5; 32], "the only copy stays");
}

#[test]
fn a_store_whose_key_is_gone_gets_no_other_key() {
    let (phone, platform) = (Phone::new(), Platform::default());
    std::fs::write(phone.store(), b"somebody's shift").unwrap();
    assert!(matches!(phone.start(&platform), Err(KeystoreError::KeyMissing)));
    assert!(platform.load().unwrap().is_none());
}

#[test]
fn the_file_is_made_once_and_for_its_owner_only() {
    let phone = Phone::new();
    let first = store_key(&phone.file(), &phone.store(), None, &phone.world).unwrap();
    std::fs::write(phone.store(), b"a store").unwrap();
    let again = store_key(&phone.file(), &phone.store(), None, &phone.world).unwrap();
    assert_eq!(first.expose(), again.expose());
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(phone.file().path).unwrap().permissions())
            & 0o777,
        0o600
    );
    std::fs::write(phone.file().path, b"short").unwrap();
    assert!(matches!(phone.file().load(), Err(KeystoreError::Damaged)));
}
