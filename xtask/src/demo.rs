//! Installs what is missing, builds, and runs the demo.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::command::in_root;
use crate::report::say;
use crate::{build, need, place};

pub(crate) fn run(once: bool) -> Result<ExitCode> {
    let window = !once && has_display();
    let needs: &[&[need::Need]] = if window { &[need::PROGRAMS, need::WINDOW] } else { &[need::PROGRAMS] };
    need::packages(needs)?;
    need::node()?;
    say("Building the user interface …");
    build::ui()?;
    say("Building station, simulator and phones (the first time takes some minutes) …");
    build::programs(false)?;
    if window {
        say("Building the app's window (the first time takes some minutes) …");
        build::app()?;
    }
    let mut demo = in_root(place::program("terskel-demo"));
    demo.arg("--ui").arg(place::ui());
    if once {
        demo.arg("--once");
    }
    if window {
        demo.arg("--window").arg(place::program("terskel"));
    }
    let status = demo.status().context("can't run the demo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
