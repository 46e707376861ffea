//! Generated files. The test command fails when one is stale.

use anyhow::Result;

use crate::build::FEATURES;
use crate::command::{cargo, succeed};

/// The types of the one door, for the user interface.
const BINDINGS: &str = "ui/src/kit/engine/bindings.ts";

/// Makes them anew.
pub(crate) fn write() -> Result<()> {
    bindings(&[BINDINGS])
}

/// Compares them with what would be made.
pub(crate) fn compare() -> Result<()> {
    bindings(&["--check", BINDINGS])
}

fn bindings(args: &[&str]) -> Result<()> {
    // The same build as everything else has: no package is named, so the features of all are joined.
    succeed(cargo(&["run", "--quiet", "--bin", "terskel-bindings"]).args(FEATURES).arg("--").args(args))
}
