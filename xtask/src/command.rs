//! Running other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::place;

/// The cargo that runs us.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut cargo = in_root(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(args);
    cargo
}

/// npm in the user interface's folder.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(args).current_dir(place::ui());
    npm
}

/// Any program, in the root of the workspace.
pub(crate) fn in_root(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(place::root());
    command
}

/// Runs it with its output shown; an unsuccessful end is an error.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let name = shown(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("can't run {name}"))?;
    if !status.success() {
        bail!("{name}: {status}");
    }
    Ok(())
}

/// Runs them all at the same time, to the end of each. The first that ended unsuccessfully is the error.
pub(crate) fn succeed_together(commands: impl IntoIterator<Item = Command>) -> Result<()> {
    let runs: Vec<_> =
        commands.into_iter().map(|mut command| std::thread::spawn(move || succeed(&mut command))).collect();
    let ended = runs.into_iter().map(|run| run.join().unwrap_or_else(|_| bail!("a run was given up")));
    ended.collect::<Vec<_>>().into_iter().collect()
}

/// Runs it and hands out what it printed.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let name = shown(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("can't run {name}"))?;
    if !output.status.success() {
        bail!("{name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program answers at all.
pub(crate) fn answers(program: impl AsRef<OsStr>, args: &[&str]) -> bool {
    let quiet = || Stdio::null();
    let mut command = in_root(program);
    command.args(args).stdin(quiet()).stdout(quiet()).stderr(quiet());
    command.status().is_ok_and(|status| status.success())
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    command.get_args().fold(name, |line, arg| line + " " + &arg.to_string_lossy())
}
