//! Cargo's helpers: the one that is installed, or one of our own in `target/tools`.

use std::process::Command;

use anyhow::Result;

use crate::command::{answers, cargo, in_root, succeed};
use crate::place;
use crate::report::say;

/// `cargo NAME`. Where it is missing it is built once, unoptimised: that takes a third of the time and runs as well.
pub(crate) fn helper(name: &str) -> Result<Command> {
    if answers("cargo", &[name, "--version"]) {
        return Ok(cargo(&[name]));
    }
    let package = format!("cargo-{name}");
    let ours = place::tools().join("bin").join(&package);
    if !ours.exists() {
        say(&format!("{package} is missing: building it into target/tools (once, some minutes)."));
        let mut install = cargo(&["install", "--quiet", "--locked", "--debug", &package, "--root"]);
        succeed(install.arg(place::tools()).env("CARGO_TARGET_DIR", place::tools().join("build")))?;
        // Two gigabytes that nobody needs again.
        std::fs::remove_dir_all(place::tools().join("build"))?;
    }
    let mut command = in_root(ours);
    command.arg(name);
    Ok(command)
}
