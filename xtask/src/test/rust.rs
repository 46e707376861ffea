//! clippy over the whole workspace, and all tests that Rust knows of.

use anyhow::Result;

use super::postgres::Postgres;
use crate::build::FEATURES;
use crate::command::{answers, cargo, in_root, succeed};
use crate::place;
use crate::report::say;

/// The window's shell included: one pass over the dependencies of both.
pub(super) fn clippy() -> Result<()> {
    succeed(
        cargo(&["clippy", "--quiet", "--workspace", "--all-targets"])
            .args(FEATURES)
            .args(["--", "--deny", "warnings"]),
    )
}

/// Everything, with a PostgreSQL of our own so that the contract suite runs on both databases.
pub(super) fn tests() -> Result<()> {
    let postgres = Postgres::start()?;
    let mut tests = runner()?;
    succeed(
        tests
            .args(FEATURES)
            .env("TERSKEL_TEST_DATABASE_URL", postgres.url())
            .env("TERSKEL_BIN_DIR", place::program("")),
    )
}

/// nextest, which is built where it is missing: it gives each test a process, and ends one that hangs.
fn runner() -> Result<std::process::Command> {
    let options = ["nextest", "run", "--status-level", "fail", "--final-status-level", "slow"];
    if answers("cargo", &["nextest", "--version"]) {
        return Ok(cargo(&options));
    }
    let ours = place::tools().join("bin/cargo-nextest");
    if !ours.exists() {
        say("cargo-nextest is missing: building it into target/tools (once, a few minutes).");
        let mut install = cargo(&["install", "--quiet", "--locked", "--debug", "cargo-nextest", "--root"]);
        succeed(install.arg(place::tools()).env("CARGO_TARGET_DIR", place::tools().join("build")))?;
    }
    let mut nextest = in_root(ours);
    nextest.args(options);
    Ok(nextest)
}
