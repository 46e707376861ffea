//! The figures. Measured on an optimised build; a promise that is not kept is an unsuccessful end.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::build::FEATURES;
use crate::command::{cargo, in_root, succeed};
use crate::test::interop;
use crate::test::postgres::Postgres;
use crate::{need, place};

pub(crate) fn run(which: &str, options: &[&str]) -> Result<ExitCode> {
    ensure!(
        ["unlock", "dispatch", "audit"].contains(&which),
        "there are benches for unlock, dispatch and audit"
    );
    need::packages(&[need::PROGRAMS])?;
    succeed(cargo(&["build", "--quiet", "--release", "--bins"]).args(FEATURES))?;
    let mut bench = in_root(place::target().join("release/terskel-bench"));
    let write = options.contains(&"--write");
    bench.arg(which).args(options.iter().filter(|option| **option != "--write"));
    if which == "unlock" {
        bench.arg("--python").arg(interop::environment()?);
        if write {
            bench.arg("--figures").arg(place::root().join("docs/figures.md"));
        }
    }
    let postgres = if which == "audit" {
        need::packages(&[need::DATABASE])?;
        Some(Postgres::start(true)?)
    } else {
        None
    };
    if let Some(postgres) = &postgres {
        bench.args(["--postgres", &postgres.url()]);
    }
    let status = bench.status().context("can't run the bench")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
