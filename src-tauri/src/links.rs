//! Links that lead out: the map and the telephone open in the system's own apps, and the window never leaves the
//! app's page.

use tauri::plugin::{Builder, TauriPlugin};
use tauri::{Manager as _, Url, Wry};
use tauri_plugin_opener::OpenerExt as _;

/// Watches where the page wants to go.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    Builder::new("links")
        .on_navigation(|window, url| match lead(url) {
            Lead::Stay => true,
            Lead::Call => {
                if let Err(error) = window.app_handle().opener().open_url(url.as_str(), None::<&str>) {
                    tracing::warn!("no app for telephone calls: {error}");
                }
                false
            }
            Lead::Nowhere => false,
        })
        .build()
}

#[derive(Debug, PartialEq, Eq)]
enum Lead {
    /// The app's own page.
    Stay,
    /// A telephone number.
    Call,
    /// Anywhere else.
    Nowhere,
}

/// The page is at `tauri://localhost`, on Android and Windows at `http://tauri.localhost`; in development it comes
/// from Vite.
fn lead(url: &Url) -> Lead {
    let host = url.host_str();
    match url.scheme() {
        "tel" => Lead::Call,
        "tauri" if host == Some("localhost") => Lead::Stay,
        "http" | "https" if host == Some("tauri.localhost") => Lead::Stay,
        "http" if cfg!(dev) && host == Some("localhost") => Lead::Stay,
        _ => Lead::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_the_apps_own_page() {
        let to = |url: &str| lead(&url.parse().unwrap());
        assert_eq!(to("tauri://localhost/index.html"), Lead::Stay);
        assert_eq!(to("http://tauri.localhost/"), Lead::Stay);
        assert_eq!(to("tel:+4701001002"), Lead::Call);
        assert_eq!(to("https://www.openstreetmap.org/search?query=Solbakken"), Lead::Nowhere);
        assert_eq!(to("https://tauri.localhost.example/"), Lead::Nowhere);
        assert_eq!(to("file:///etc/passwd"), Lead::Nowhere);
    }
}
