//! The figures. Measured on an optimised build; a promise that is not kept is an unsuccessful end.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::build::FEATURES;
use crate::command::{cargo, in_root, succeed};
use crate::scratch::Scratch;
use crate::test::interop;
use crate::test::postgres::Postgres;
use crate::{need, place};

const BENCHES: &[&str] = &["unlock", "dispatch", "audit", "keys", "revoke", "start", "sync"];
/// Those that write their own table into the figures.
const WRITERS: &[&str] = &["unlock", "audit", "keys", "revoke", "start", "sync"];

pub(crate) fn run(which: &str, options: &[&str]) -> Result<ExitCode> {
    ensure!(BENCHES.contains(&which), "there are benches for {}", BENCHES.join(", "));
    let write = options.contains(&"--write");
    ensure!(!write || WRITERS.contains(&which), "these write their figures: {}", WRITERS.join(", "));
    need::packages(&[need::PROGRAMS])?;
    succeed(cargo(&["build", "--quiet", "--release", "--bins"]).args(FEATURES))?;
    let mut bench = in_root(place::target().join("release/terskel-bench"));
    bench.arg(which).args(options.iter().filter(|option| **option != "--write"));
    if write {
        bench.arg("--figures").arg(place::root().join("docs/figures.md"));
    }
    let mut postgres = None;
    let scratch = Scratch::on_disk("bench")?;
    match which {
        "unlock" => {
            bench.arg("--python").arg(interop::environment()?);
        }
        "audit" => {
            need::packages(&[need::DATABASE])?;
            bench.args(["--postgres", &postgres.insert(Postgres::start(true)?).url()]);
        }
        "start" => {
            let samples = scratch.path().join("samples.json");
            phone_starts(&samples)?;
            bench.arg("--samples").arg(samples);
        }
        "sync" => {
            bench.arg("--pouchdb").arg(pouchdb()?);
        }
        _ => {}
    }
    let status = bench.status().context("can't run the bench")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// By the phone's own test, into `samples`.
fn phone_starts(samples: &Path) -> Result<()> {
    let mut starts = cargo(&["test", "--quiet", "--release", "--package", "terskel-companion", "--lib"]);
    starts.args(["roster::bench::start", "--", "--ignored"]);
    succeed(starts.env("TERSKEL_BENCH_SAMPLES", samples))
}

/// Where PouchDB is: installed as its lock file says, for this bench alone.
fn pouchdb() -> Result<PathBuf> {
    need::node()?;
    let folder = place::root().join("tests/bench-sync");
    succeed(Command::new("npm").args(["ci", "--silent"]).current_dir(&folder))?;
    Ok(folder)
}
