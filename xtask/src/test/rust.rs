//! clippy over the whole workspace, and all tests that Rust knows of.

use anyhow::Result;

use super::postgres::Postgres;
use crate::build::FEATURES;
use crate::command::{cargo, succeed};
use crate::place;
use crate::scratch::Scratch;
use crate::tool::helper;

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
    let postgres = Postgres::start(false)?;
    let scratch = Scratch::new("tests")?;
    let mut tests = helper("nextest")?;
    tests.args(["run", "--status-level", "fail", "--final-status-level", "slow"]);
    succeed(
        tests
            .args(FEATURES)
            .env("TERSKEL_TEST_DATABASE_URL", postgres.url())
            .env("TMPDIR", scratch.path())
            .env("TERSKEL_BIN_DIR", place::program("")),
    )
}
