//! The phone's radio against a real kernel's Bluetooth and bluetoothd, in a virtual machine without any hardware.
//! `docs/bluetooth-vm.md` says what is measured.

mod image;
mod machine;
mod packages;
mod passed;
mod results;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::command::{cargo, in_root, succeed};
use crate::place;
use crate::report::{Done, say};

/// Lock families to open a door of. Each has a lock in a built-in street.
const FAMILIES: &[&str] = &["dkey", "danalock", "nuki"];
/// The connection interval that the air is given: events are counted, and an emulated machine needs tens of
/// milliseconds for what a phone does in two.
const INTERVAL_MS: u32 = 200;
/// How a program ends that could not try (the convention of automake).
const SKIPPED: u8 = 77;

/// Can't be tried on this machine, and why.
#[derive(Debug)]
struct Unavailable(String);

/// `cargo xtask bluetooth-vm`.
pub(crate) fn run(json: bool) -> Result<ExitCode> {
    match visit(json, Again::Always)? {
        Done::Well => Ok(ExitCode::SUCCESS),
        Done::Skipped(why) => {
            say(&format!("SKIPPED: {why}"));
            Ok(ExitCode::from(SKIPPED))
        }
    }
}

/// As a step of the tests, after the unit tests of what runs in the machine. It takes minutes, most of them spent
/// waiting: the same programs in the same machine are not tried anew once they have passed.
pub(crate) fn step() -> Result<Done> {
    succeed(&mut cargo(&["test", "--quiet", "--package", PACKAGE]))?;
    visit(false, Again::WhenChanged)
}

/// Whether a run that passed is repeated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Always,
    WhenChanged,
}

fn visit(json: bool, again: Again) -> Result<Done> {
    succeed(&mut cargo(&["build", "--quiet", "--package", PACKAGE, "--bins"]))?;
    let image = match image::ready() {
        Ok(image) => image,
        Err(image::Problem::Unavailable(Unavailable(why))) => return Ok(Done::Skipped(why)),
        Err(image::Problem::Failed(error)) => return Err(error),
    };
    let share = share()?;
    if again == Again::WhenChanged && passed::before(&image, &share) {
        say(
            "These programs have passed in this machine before: not run again. `cargo xtask bluetooth-vm` does.",
        );
        return Ok(Done::Well);
    }
    passed::forget()?;
    let console = machine::run(&image, &share)?;
    let results = results::read(&console)?;
    say(&if json { results.json()? } else { results.table() });
    results.judge(FAMILIES)?;
    passed::remember(&image, &share)?;
    Ok(Done::Well)
}

const PACKAGE: &str = "terskel-bluetooth-vm";
/// What goes into the machine: the lock, the phone, and the script that runs them.
const PROGRAMS: [&str; 2] = ["vm-lock", "vm-phone"];
const SCRIPT: &str = "guest.sh";

/// The folder that host and guest have in common: the two programs go in, logs come out.
fn share() -> Result<PathBuf> {
    let share = place().join("share");
    std::fs::remove_dir_all(&share).ok();
    std::fs::create_dir_all(&share)?;
    for program in PROGRAMS {
        let stripped = share.join(program);
        succeed(in_root("strip").arg("-o").arg(stripped).arg(place::program(program)))?;
    }
    let settings = format!("FAMILIES='{}'\nINTERVAL_MS={INTERVAL_MS}\n", FAMILIES.join(" "));
    std::fs::write(share.join(SCRIPT), settings + include_str!("guest.sh"))?;
    Ok(share)
}

/// Where all of it is kept.
fn place() -> PathBuf {
    place::target().join("bluetooth-vm")
}
