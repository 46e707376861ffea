//! The quick inner loop: format, clippy, and the unit tests of every room but the window.

use std::process::ExitCode;

use anyhow::Result;

use crate::build::FEATURES;
use crate::command::{cargo, succeed};
use crate::report::Report;
use crate::tool::helper;

/// Under a minute, once everything has been built before.
pub(crate) fn run() -> Result<ExitCode> {
    let mut report = Report::begin();
    report.step("format", format);
    report.step("clippy", clippy);
    report.step("unit tests", unit_tests);
    Ok(report.finish())
}

/// rustfmt has nothing to change.
pub(crate) fn format() -> Result<()> {
    succeed(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    let mut clippy = cargo(&["clippy", "--quiet", "--all-targets"]);
    succeed(clippy.args(FEATURES).args(["--", "--deny", "warnings"]))
}

/// Only libraries and programs: whole-system stories and the table of faults, which takes a minute alone, are
/// `cargo xtask test`'s.
fn unit_tests() -> Result<()> {
    let quiet = ["run", "--no-tests", "pass", "--status-level", "fail", "--show-progress", "none"];
    let quick = ["--lib", "--bins", "--filterset", "not test(/fault_table::/)"];
    succeed(helper("nextest")?.args(quiet).args(quick).args(FEATURES))
}
