//! The keystore of this platform. Where none is wired up the app says so and does not start: a key that lies beside its
//! store protects nothing.

use std::path::Path;

use terskel_companion::Keystore;

/// Where the key of the store at `store` is kept.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
pub(crate) fn of_platform(store: &Path) -> impl Keystore {
    desktop::Keyring { account: store.display().to_string() }
}

/// Neither the Android Keystore nor the iOS Keychain is wired up: each is an implementation of [`Keystore`] by the
/// platform's own means, and belongs here.
#[cfg(any(target_os = "android", target_os = "ios"))]
pub(crate) fn of_platform(_: &Path) -> impl Keystore {
    missing::NotWiredUp
}

#[cfg(not(any(target_os = "android", target_os = "ios")))]
mod desktop {
    use keyring::v1::{Entry, Error};
    use terskel_companion::{Keystore, KeystoreError, StoreKey};
    use zeroize::Zeroizing;

    /// What the app is called where people look at their keyring.
    const SERVICE: &str = "no.terskel.app";

    /// The signed-in user's keyring; one entry a store.
    pub(super) struct Keyring {
        pub(super) account: String,
    }

    impl Keyring {
        fn entry(&self) -> Result<Entry, KeystoreError> {
            // The reason lies in the start of the store, not in the entry.
            if let Err(error) = Entry::store_status() {
                return Err(KeystoreError::Unavailable(error.to_string()));
            }
            Entry::new(SERVICE, &self.account).map_err(unavailable)
        }
    }

    impl Keystore for Keyring {
        fn load(&self) -> Result<Option<StoreKey>, KeystoreError> {
            match self.entry()?.get_secret() {
                Ok(secret) => {
                    let secret = Zeroizing::new(secret);
                    let bytes = secret.as_slice().try_into().map_err(|_| KeystoreError::Damaged)?;
                    Ok(Some(StoreKey::new(bytes)))
                }
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(unavailable(error)),
            }
        }

        fn keep(&self, key: &StoreKey) -> Result<(), KeystoreError> {
            self.entry()?.set_secret(key.expose()).map_err(unavailable)
        }
    }

    /// Some of the errors carry the secret; their words do not.
    fn unavailable(error: Error) -> KeystoreError {
        KeystoreError::Unavailable(error.to_string())
    }
}

#[cfg(any(target_os = "android", target_os = "ios"))]
mod missing {
    use terskel_companion::{Keystore, KeystoreError, StoreKey};

    pub(super) struct NotWiredUp;

    impl Keystore for NotWiredUp {
        fn load(&self) -> Result<Option<StoreKey>, KeystoreError> {
            Err(KeystoreError::Unsupported)
        }

        fn keep(&self, _: &StoreKey) -> Result<(), KeystoreError> {
            Err(KeystoreError::Unsupported)
        }
    }
}
