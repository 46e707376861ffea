//! Where the engine keeps its data, and how it is started.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use tauri::{AppHandle, Manager as _};
use terskel_companion::{Engine, EngineConfig, FAMILIES, StoreKey};
use terskel_model::world::SystemWorld;
use terskel_radio::BluetoothRadio;

/// Set for tests and for a second phone on one machine.
const DATA_OVERRIDE: &str = "TERSKEL_DATA";

/// The folder of this phone's store: the system's place for the app, unless `TERSKEL_DATA` names another.
pub(crate) fn data_dir(app: &AppHandle) -> anyhow::Result<PathBuf> {
    let dir = match std::env::var_os(DATA_OVERRIDE) {
        Some(dir) => PathBuf::from(dir),
        None => app.path().app_local_data_dir().context("the system names no place for the app's data")?,
    };
    std::fs::create_dir_all(&dir).with_context(|| format!("can't make {}", dir.display()))?;
    Ok(dir)
}

/// Starts the engine on the system's Bluetooth.
///
/// The store's key lies in a file beside the store. That is for development: it keeps a copied database closed, and
/// nothing more. A phone in service must hold it in the system's key store. The two files have the names that
/// `terskel-headless` gives them: a phone can go on in the window where it began in the browser.
pub(crate) async fn engine(dir: &Path) -> anyhow::Result<Engine> {
    let world = Arc::new(SystemWorld);
    let config = EngineConfig {
        families: FAMILIES,
        store_path: dir.join("phone.db"),
        store_key: StoreKey::from_file(&dir.join("store.key"), world.as_ref())?,
        world,
        radio: Arc::new(BluetoothRadio::start()),
    };
    Ok(Engine::start(config).await?)
}
