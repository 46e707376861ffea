//! What the system must have: asked of Debian's package manager, installed where we may.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::command::{answers, read, succeed};
use crate::report::say;

/// A Debian package, and what it is for.
pub(crate) type Need = (&'static str, &'static str);

/// To build station, simulator and the phone's engine, and to run them.
pub(crate) const PROGRAMS: &[Need] = &[
    ("build-essential", "compiles the C parts: SQLCipher, ring"),
    ("pkg-config", "finds the system's libraries"),
    ("libssl-dev", "SQLCipher's cryptography"),
    ("libdbus-1-dev", "Bluetooth on Linux is D-Bus"),
    ("dbus-daemon", "the private bus of the simulated Bluetooth"),
    ("util-linux", "setpriv: no child outlives us"),
    ("curl", "raises further alarms by hand"),
];

/// To build and show the app's window.
pub(crate) const WINDOW: &[Need] = &[
    ("libwebkit2gtk-4.1-dev", "the web view of the app's window"),
    ("libgtk-3-dev", "the window itself"),
    ("librsvg2-dev", "icons in the window"),
];

/// To test and measure the station on.
pub(crate) const DATABASE: &[Need] =
    &[("postgresql", "the station's other database, on a socket of its own")];

/// To test all of it.
pub(crate) const TESTS: &[Need] = &[
    ("chromium-headless-shell", "the user interface in a browser"),
    ("webkit2gtk-driver", "drives the app's window"),
    ("gnome-keyring", "where the app's window keeps its key"),
    ("xvfb", "a screen for the app's window"),
    ("python3-venv", "a dKey client that shares no code with ours"),
    ("strace", "a disk that fails under the phone's store"),
    ("libnss-wrapper", "names that are known, and then are not"),
];

/// To fuzz what reads from the radio.
pub(crate) const FUZZING: &[Need] = &[("build-essential", "compiles the fuzzer")];

/// Installs what is missing, after saying what and why; without the right to, prints the command and stops.
pub(crate) fn packages(needs: &[&[Need]]) -> Result<()> {
    if !answers("dpkg-query", &["--version"]) {
        say("This is no Debian: what is needed can't be checked here.");
        return Ok(());
    }
    let missing: Vec<Need> =
        needs.iter().copied().flatten().copied().filter(|(name, _)| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    say("Missing on this machine:");
    for (name, why) in &missing {
        say(&format!("  {name:<24} {why}"));
    }
    let mut install = vec!["apt-get", "install", "--yes", "--no-install-recommends"];
    install.extend(missing.iter().map(|(name, _)| *name));
    let Some(before) = right_to_install() else {
        bail!("installing needs root; run this, then try again:\n  sudo {}", install.join(" "));
    };
    say(&format!("Installing: {}", install.join(" ")));
    apt(before, &["apt-get", "update", "--quiet=2"])?;
    apt(before, &install)
}

/// Node is not Debian's: people have their own.
pub(crate) fn node() -> Result<()> {
    let version = read(Command::new("node").arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|text| text.parse().ok());
    if major.is_none_or(|major: u32| major < 20) {
        bail!("the user interface needs Node 20 or later, this is {}", version.trim());
    }
    Ok(())
}

fn installed(package: &str) -> bool {
    let status = read(Command::new("dpkg-query").args(["--show", "--showformat=${Status}", package]));
    status.is_ok_and(|status| status.ends_with(" installed"))
}

/// What to put before a command: nothing for root, `sudo` where it asks for no password.
fn right_to_install() -> Option<&'static [&'static str]> {
    let root = read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root {
        return Some(&["env"]);
    }
    answers("sudo", &["-n", "true"]).then_some(&["sudo", "-n", "env"])
}

fn apt(before: &[&str], args: &[&str]) -> Result<()> {
    let mut command = Command::new(before[0]);
    command.args(&before[1..]).arg("DEBIAN_FRONTEND=noninteractive").args(args).stdout(Stdio::null());
    succeed(&mut command)
}
