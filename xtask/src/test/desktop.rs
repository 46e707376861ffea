//! The built app under Xvfb, driven through WebKitWebDriver (`tests/desktop.rs`).

use anyhow::Result;

use crate::build::FEATURES;
use crate::command::{cargo, succeed};
use crate::place;

pub(super) fn run() -> Result<()> {
    let mut story = cargo(&["test", "--quiet", "--test", "desktop"]);
    story.args(FEATURES).args(["--", "--ignored", "--nocapture"]);
    succeed(story.env("TERSKEL_APP", place::program("terskel")).env("TERSKEL_BIN_DIR", place::program("")))
}
