//! Building: the programs, the user interface, the app.

use std::path::Path;

use anyhow::Result;

use crate::command::{cargo, npm, succeed};
use crate::place;

/// What all builds of one run have in common, so that nothing is compiled twice.
pub(crate) const FEATURES: &[&str] = &["--features", "terskel-companion/bindings,terskel-companion/headless"];

/// Station, simulator, phones and stage. With `tests`, their tests as well.
pub(crate) fn programs(tests: bool) -> Result<()> {
    let what = if tests { "--all-targets" } else { "--bins" };
    succeed(cargo(&["build", "--quiet", what]).args(FEATURES))
}

/// The app with the built user interface inside.
pub(crate) fn app() -> Result<()> {
    succeed(&mut cargo(&["build", "--quiet", "--package", "terskel", "--features", "embedded-ui"]))
}

/// What the user interface is made with; only when the lock file is newer than what is installed.
pub(crate) fn ui_packages() -> Result<()> {
    let (wanted, there) =
        (place::ui().join("package-lock.json"), place::ui().join("node_modules/.package-lock.json"));
    if changed(&there).is_some_and(|there| changed(&wanted).is_some_and(|wanted| wanted <= there)) {
        return Ok(());
    }
    succeed(&mut npm(&["ci", "--no-fund", "--no-audit"]))
}

/// `ui/dist` for the phone, and `ui/dist-console`.
pub(crate) fn ui() -> Result<()> {
    ui_packages()?;
    succeed(&mut npm(&["run", "--silent", "build"]))
}

fn changed(file: &Path) -> Option<std::time::SystemTime> {
    file.metadata().ok()?.modified().ok()
}
