//! Where the programs under test are.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// Names the folder with the built programs, where it is not the one that this program lies in.
pub const BIN_DIR: &str = "TERSKEL_BIN_DIR";

/// The path of one of the workspace's programs, from the same build as the caller.
///
/// # Errors
/// When it has not been built: `cargo build --bins` builds all of them.
pub fn program(name: &str) -> Result<PathBuf> {
    let dir = match std::env::var_os(BIN_DIR) {
        Some(dir) => PathBuf::from(dir),
        None => beside_us()?,
    };
    let path = dir.join(name);
    ensure!(path.exists(), "{} is not there: run `cargo build --bins` first", path.display());
    Ok(path)
}

/// Cargo puts programs into `target/debug` and tests into `target/debug/deps`.
fn beside_us() -> Result<PathBuf> {
    let us = std::env::current_exe()?;
    let dir = us.parent().context("a program lies in a folder")?;
    let dir = if dir.ends_with("deps") { dir.parent().context("deps lies in a folder")? } else { dir };
    Ok(dir.to_owned())
}
