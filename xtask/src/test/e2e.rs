//! The user interface in Chromium at phone size.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context, Result, ensure};

use crate::command::{in_root, npm, succeed};
use crate::place;

/// Every screen from fixed views: axe, and a picture each.
pub(super) fn screens() -> Result<()> {
    succeed(&mut npm(&["run", "--silent", "e2e:screens", "--", "--workers=2"]))
}

/// Every screen of the console, and what can be done on it, from fixed answers.
pub(super) fn console() -> Result<()> {
    succeed(&mut npm(&["run", "--silent", "e2e:console", "--", "--workers=2"]))
}

/// The whole job by tapping, on the real engine, station and simulated locks.
pub(super) fn story() -> Result<()> {
    let stage = Stage::set()?;
    succeed(npm(&["run", "--silent", "e2e:story"]).env("TERSKEL_STAGE", &stage.ready))
}

/// `terskel-stage` as a child. It ends when its input ends, so also with us.
struct Stage {
    child: Child,
    /// One line of JSON: where everything is, and who may sign in.
    ready: String,
}

impl Stage {
    fn set() -> Result<Self> {
        let mut command = in_root(place::program("terskel-stage"));
        command.arg("--ui").arg(place::ui());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("can't start terskel-stage")?;
        let mut ready = String::new();
        let stdout = child.stdout.take().context("a piped child has an output")?;
        BufReader::new(stdout).read_line(&mut ready)?;
        let stage = Self { child, ready: ready.trim().to_owned() };
        ensure!(!stage.ready.is_empty(), "terskel-stage ended before it was ready");
        Ok(stage)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().ok();
    }
}
