//! `cargo xtask …`: everything that is done with the workspace, from one place.

mod bench;
mod bluetooth_vm;
mod build;
mod check;
mod command;
mod demo;
mod fuzz;
mod generate;
mod need;
mod place;
mod report;
mod scratch;
mod soak;
mod test;
mod tool;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask demo [--once]                     the main job on real parts, with a timeline; then stays up
cargo xtask test                              everything that must pass
cargo xtask check                             the quick inner loop: format, clippy, unit tests
cargo xtask generate [--check]                TypeScript bindings; --check only compares
cargo xtask bench unlock [--json] [--write]   the figures of a door; --write: into docs/figures.md
cargo xtask bench dispatch [--json]           of a dispatch to a thousand phones
cargo xtask bench audit [--json] [--write]    of checking N events of the trail, and of writing them down
cargo xtask bench keys [--json] [--write]     of a shift's digital keys, beside bare signatures
cargo xtask bench revoke [--json] [--write]   from the lead's word until phones have wiped what was taken away
cargo xtask bench sync [--json] [--write]     of an outbox, beside PouchDB and bare inserts
cargo xtask soak crash [--runs N] [--seed N]  phone and station killed, again and again; also: soak disk, soak life
cargo xtask bluetooth-vm [--json]             the radio on a real kernel's Bluetooth, in a virtual machine
cargo xtask fuzz [TARGET] [--seconds N]       random bytes for all that reads from the radio, a minute each";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(code) => code,
        Err(error) => {
            report::say(&format!("\nxtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> Result<ExitCode> {
    match args {
        ["demo"] => demo::run(false),
        ["demo", "--once"] => demo::run(true),
        ["test"] => test::run(),
        ["check"] => check::run(),
        ["generate"] => generate::write().map(|()| ExitCode::SUCCESS),
        ["generate", "--check"] => generate::compare().map(|()| ExitCode::SUCCESS),
        ["fuzz", options @ ..] => fuzz::run(options),
        ["soak", options @ ..] => soak::run(options),
        ["bench", which, options @ ..] => bench::run(which, options),
        ["bluetooth-vm"] => bluetooth_vm::run(false),
        ["bluetooth-vm", "--json"] => bluetooth_vm::run(true),
        _ => bail!("\n{USAGE}"),
    }
}
