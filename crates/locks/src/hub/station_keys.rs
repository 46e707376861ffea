//! What a hub knows of its station.

use std::sync::{Arc, PoisonError, RwLock};

use terskel_keys::{AuthorityKey, AuthorityKeys};

/// The station's keys, to check badges with. Copies share one content: whoever keeps a hub connected to its maker's
/// service has one, and tells it what the station publishes (`docs/hub-protocol.md`).
#[derive(Clone, Debug, Default)]
pub struct StationKeys(Arc<RwLock<AuthorityKeys>>);

impl StationKeys {
    /// Takes these in place of what was known.
    pub fn learn(&self, keys: AuthorityKeys) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// What is known now.
    #[must_use]
    pub fn known(&self) -> AuthorityKeys {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl From<AuthorityKeys> for StationKeys {
    fn from(keys: AuthorityKeys) -> Self {
        Self(Arc::new(RwLock::new(keys)))
    }
}

impl From<AuthorityKey> for StationKeys {
    fn from(key: AuthorityKey) -> Self {
        AuthorityKeys::from(key).into()
    }
}
