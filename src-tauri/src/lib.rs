//! The phone app's shell: one window, the one door to the engine, and nothing that decides anything.

mod door;
mod links;
mod start;

use tauri::async_runtime::block_on;
use tauri::{App, Manager as _};

/// Runs the app until its window is closed. The entry point on phones, and of the desktop build.
///
/// # Panics
/// Tauri itself panics when the system has no web view.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TERSKEL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_opener::init())
        .plugin(links::plugin())
        .invoke_handler(tauri::generate_handler![door::intend, door::ask, door::views])
        .setup(|app| {
            if let Err(error) = open(app) {
                tracing::error!("the app can't start: {error:#}");
                app.handle().exit(1);
            }
            Ok(())
        })
        .run(tauri::generate_context!());
    if let Err(error) = app {
        tracing::error!("the window can't run: {error}");
    }
}

fn open(app: &App) -> anyhow::Result<()> {
    let dir = start::data_dir(app.handle())?;
    app.manage(block_on(start::engine(&dir))?);
    app.manage(door::Subscription::default());
    Ok(())
}
