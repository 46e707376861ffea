//! Where the engine keeps its data, and how it is started.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tauri::async_runtime::block_on;
use tauri::{AppHandle, Manager as _};
use terskel_companion::interface::Closed;
use terskel_companion::{
    Engine, EngineConfig, FAMILIES, FileKeystore, KeystoreError, StoreError, StoreKey, store_key,
};
use terskel_model::world::SystemWorld;
use terskel_radio::BluetoothRadio;

use crate::keystore;

/// Set for tests and for a second phone on one machine.
const DATA_OVERRIDE: &str = "TERSKEL_DATA";

/// Set for tests and demonstrations, and heard by debug builds only: the store's key lies in this file.
const KEY_FILE: &str = "TERSKEL_KEY_FILE";

/// Why the engine does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("the place for the app's data: {0}")]
    Place(String),
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StartError {
    /// For the screen that says so.
    pub(crate) fn closed(&self) -> Closed {
        match self {
            Self::Keystore(KeystoreError::Unsupported) => Closed::KeystoreUnsupported,
            Self::Keystore(KeystoreError::KeyMissing | KeystoreError::Damaged)
            | Self::Store(StoreError::WrongKey) => Closed::KeyLost,
            Self::Keystore(KeystoreError::Unavailable(_) | KeystoreError::File(_)) => {
                Closed::KeystoreUnavailable
            }
            Self::Place(_) | Self::Store(_) => Closed::StoreFailed,
        }
    }
}

/// Starts the engine on the system's Bluetooth, with its store in the system's place for the app, unless `TERSKEL_DATA`
/// names another. The store has the name that `terskel-headless` gives it: a phone can go on in the window where it began
/// in the browser.
pub(crate) fn engine(app: &AppHandle) -> Result<Engine, StartError> {
    let dir = data_dir(app)?;
    let (store_path, world) = (dir.join("phone.db"), Arc::new(SystemWorld));
    let store_key = key(&dir, &store_path, &world)?;
    block_on(async {
        let radio = Arc::new(BluetoothRadio::start());
        Ok(Engine::start(EngineConfig { families: FAMILIES, store_path, store_key, world, radio }).await?)
    })
}

fn data_dir(app: &AppHandle) -> Result<PathBuf, StartError> {
    let dir = match std::env::var_os(DATA_OVERRIDE) {
        Some(dir) => PathBuf::from(dir),
        None => app.path().app_local_data_dir().map_err(|error| StartError::Place(error.to_string()))?,
    };
    std::fs::create_dir_all(&dir).map_err(|error| StartError::Place(error.to_string()))?;
    Ok(dir)
}

/// From the platform's keystore; a key file that an earlier version has left beside the store moves there.
fn key(dir: &Path, store: &Path, world: &SystemWorld) -> Result<StoreKey, KeystoreError> {
    if cfg!(debug_assertions)
        && let Some(path) = std::env::var_os(KEY_FILE)
    {
        tracing::warn!("the store's key lies in a file, as {KEY_FILE} asks");
        return store_key(&FileKeystore { path: path.into() }, store, None, world);
    }
    store_key(&keystore::of_platform(store), store, Some(&dir.join("store.key")), world)
}
