//! Why there is no engine behind the door.

use serde::{Deserialize, Serialize};

/// The app can't get at its store, and does not work without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Closed {
    /// Terskel does not know how to use a keystore of this platform.
    KeystoreUnsupported,
    /// The platform's keystore is locked, does not run, or refuses.
    KeystoreUnavailable,
    /// There is a store, and its key is gone or another.
    KeyLost,
    /// The store itself failed.
    StoreFailed,
}
