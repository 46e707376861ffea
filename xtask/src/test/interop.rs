//! Programs that share no code with ours, in a virtual environment of their own: clients open simulated locks over bleak,
//! and libraries check digital keys.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command::{in_root, succeed, succeed_together};
use crate::{place, report::say};

/// One for each family. Each has a street of its own and mostly waits for its radio, so all run at the same time.
const STORIES: [&str; 3] =
    ["tests/interop/dkey_client.py", "tests/interop/danalock_client.py", "tests/interop/nuki_client.py"];
const DIGITAL_KEY: &str = "tests/interop/digital_key.py";
/// What a story of the station's contract leaves, which runs before.
const ISSUED: &str = "tmp/issued-digital-keys.json";
const REQUIREMENTS: &str = "tests/interop/requirements.txt";

pub(super) fn run() -> Result<()> {
    let python = environment()?;
    succeed(in_root(&python).arg(DIGITAL_KEY).arg(place::target().join(ISSUED)))?;
    let client = |story: &&str| {
        let mut client = in_root(&python);
        client.arg(story).arg(place::program("terskel-simulator"));
        client
    };
    succeed_together(STORIES.iter().map(client))
}

/// Made once, and anew when what is required has changed.
pub(crate) fn environment() -> Result<PathBuf> {
    let (dir, wanted) =
        (place::tools().join("interop"), std::fs::read_to_string(place::root().join(REQUIREMENTS))?);
    let (python, made_with) = (dir.join("bin/python"), dir.join("requirements.txt"));
    if std::fs::read_to_string(&made_with).is_ok_and(|made_with| made_with == wanted) {
        return Ok(python);
    }
    say("Making a Python environment in target/tools/interop.");
    succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&dir))?;
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
    succeed(in_root(&python).args(install))?;
    std::fs::write(made_with, wanted)?;
    Ok(python)
}
