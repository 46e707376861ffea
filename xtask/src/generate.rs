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
/// Who may do what at the station. A test of the station's compares it.
const ACCESS: &str = "docs/access.md";

/// Makes them anew.
pub(crate) fn write() -> Result<()> {
    bindings(&[BINDINGS])?;
    contract(&[])?;
    Ok(std::fs::write(place::root().join(ACCESS), station("access")?)?)
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

/// The contract, in a file.
fn openapi() -> Result<PathBuf> {
    let file = place::target().join("openapi.json");
    std::fs::write(&file, station("openapi")?)?;
    Ok(file)
}

/// What the station prints of itself.
fn station(what: &str) -> Result<Vec<u8>> {
    let mut station = cargo(&["run", "--quiet", "--bin", "terskel-station"]);
    let printed = station.args(FEATURES).args(["--", what]).output().context("can't run cargo")?;
    ensure!(printed.status.success(), "no {what}: {}", String::from_utf8_lossy(&printed.stderr));
    Ok(printed.stdout)
}

fn bindings(args: &[&str]) -> Result<()> {
    // The same build as everything else has: no package is named, so the features of all are joined.
    succeed(cargo(&["run", "--quiet", "--bin", "terskel-bindings"]).args(FEATURES).arg("--").args(args))
}
