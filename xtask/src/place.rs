//! Where things are.

use std::path::{Path, PathBuf};

/// The workspace's root.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The user interface.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// A program of the development build.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// Tools that the test command builds for itself and installs nowhere else.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}
