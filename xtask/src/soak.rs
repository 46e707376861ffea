//! Long runs of what the test command tries shortly: programs killed, a disk that fails, random life.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::command::{cargo, in_root, succeed};
use crate::{build, need, place};

const USAGE: &str = "\
cargo xtask soak crash [--runs N] [--seed N] [--beside N]   the phone killed N times, the station a fifth as often
cargo xtask soak disk [--from N] [--last N] [--beside N]    each write of a visit fails, in each of the ways
cargo xtask soak life [--steps N] [--seed N]                two phones, a station, three doors and a hub, in virtual time
--write: crash and disk, into docs/figures.md";

pub(crate) fn run(args: &[&str]) -> Result<ExitCode> {
    match args {
        [which @ ("crash" | "disk"), options @ ..] => programs(which, options)?,
        ["life", options @ ..] => life(options)?,
        _ => bail!("\n{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn programs(which: &str, options: &[&str]) -> Result<()> {
    need::packages(&[need::PROGRAMS, need::TESTS])?;
    build::programs(false)?;
    let mut soak = in_root(place::program("terskel-soak"));
    soak.arg(which).args(options.iter().filter(|option| **option != "--write"));
    if options.contains(&"--write") {
        soak.arg("--figures").arg(place::root().join("docs/figures.md"));
    }
    succeed(&mut soak)
}

fn life(options: &[&str]) -> Result<()> {
    let (mut steps, mut seed) = ("100000", "1000");
    for pair in options.chunks(2) {
        match pair {
            ["--steps", n] => steps = n,
            ["--seed", n] => seed = n,
            _ => bail!("\n{USAGE}"),
        }
    }
    let mut life = cargo(&["test", "--quiet", "--package", "terskel-companion", "--lib", "life::soak"]);
    life.args(["--", "--ignored", "--nocapture"]);
    succeed(life.env("TERSKEL_LIFE_STEPS", steps).env("TERSKEL_LIFE_SEED", seed))
}
