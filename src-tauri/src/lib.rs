//! The phone app's shell: one window, the one door to the engine, and nothing that decides anything.

mod door;
mod keystore;
mod links;
mod start;

use tauri::Manager as _;

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
            // Without an engine the window says why.
            let engine = start::engine(app.handle()).map_err(|error| {
                tracing::error!("the engine can't start: {error}");
                error.closed()
            });
            app.manage(door::Door::new(engine));
            app.manage(door::Subscription::default());
            Ok(())
        })
        .run(tauri::generate_context!());
    if let Err(error) = app {
        tracing::error!("the window can't run: {error}");
    }
}
