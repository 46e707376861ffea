//! Generated files. The test command fails when one is stale.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::build::{FEATURES, ui_packages};
use crate::command::{cargo, npm, succeed};
use crate::place;

/// The types of the one door, for the user interface.
const BINDINGS: &str = "ui/src/kit/engine/bindings.ts";

/// The types of the station's contract, for the console; seen from the user interface's folder.
const CONTRACT: &str = "src/console/station/contract.ts";

/// Makes them anew.
pub(crate) fn write() -> Result<()> {
    bindings(&[BINDINGS])?;
    contract(&[])
}

/// Compares them with what would be made.
pub(crate) fn compare() -> Result<()> {
    bindings(&["--check", BINDINGS])?;
    contract(&["--check"])
}

fn contract(args: &[&str]) -> Result<()> {
    ui_packages()?;
    let document = openapi()?;
    let mut make = npm(&["exec", "--", "openapi-typescript"]);
    succeed(make.arg(document).args(["--output", CONTRACT]).args(args))
}

/// What the station prints, in a file.
fn openapi() -> Result<PathBuf> {
    let mut station = cargo(&["run", "--quiet", "--bin", "terskel-station"]);
    let printed = station.args(FEATURES).args(["--", "openapi"]).output().context("can't run cargo")?;
    ensure!(printed.status.success(), "no contract: {}", String::from_utf8_lossy(&printed.stderr));
    let file = place::target().join("openapi.json");
    std::fs::write(&file, printed.stdout)?;
    Ok(file)
}

fn bindings(args: &[&str]) -> Result<()> {
    // The same build as everything else has: no package is named, so the features of all are joined.
    succeed(cargo(&["run", "--quiet", "--bin", "terskel-bindings"]).args(FEATURES).arg("--").args(args))
}
