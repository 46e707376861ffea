//! Debian's packages, downloaded and unpacked, and nothing of them installed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::Unavailable;
use crate::command::{answers, read, succeed};

/// Emulates the machine. Libraries that the host has already are the host's.
const EMULATOR: &[&str] =
    &["qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios", "ipxe-qemu"];
/// What runs in it, with the libraries that these need.
const GUEST: &[&str] =
    &["bluez", "bluez-test-tools", "dbus-daemon", "busybox-static", "libc6", "libgcc-s1", "libdbus-1-3"];
/// Names the kernel package of today.
const KERNEL: &str = "linux-image-amd64";

/// What is unpacked where.
pub(super) struct Packages {
    pub(super) emulator: BTreeSet<String>,
    pub(super) guest: BTreeSet<String>,
    pub(super) kernel: String,
}

impl Packages {
    /// Asks the package manager what is needed.
    pub(super) fn ask() -> Result<Self, Unavailable> {
        for program in ["apt-get", "apt-cache", "dpkg-deb"] {
            if !answers(program, &["--version"]) {
                return Err(Unavailable(format!("there is no {program}: this is no Debian")));
            }
        }
        if std::env::consts::ARCH != "x86_64" {
            return Err(Unavailable(format!(
                "the machine is built on x86_64 alone, not on {}",
                std::env::consts::ARCH
            )));
        }
        let depends = ask(Command::new("apt-cache").args(["depends", "--important", KERNEL]), KERNEL)?;
        let kernel = dependencies(&depends).into_iter().find(|name| name.starts_with("linux-image-"));
        let kernel = kernel.ok_or_else(|| Unavailable(format!("{KERNEL} names no kernel")))?;
        Ok(Self { emulator: emulator()?, guest: guest()?, kernel })
    }

    /// The kernel's version, as it names its modules' folder.
    pub(super) fn kernel_version(&self) -> &str {
        self.kernel.trim_start_matches("linux-image-")
    }
}

/// What would have to be installed; whatever that would remove is none of our business, as nothing is.
fn emulator() -> Result<BTreeSet<String>, Unavailable> {
    let mut simulate = Command::new("apt-get");
    simulate.args(["install", "--simulate", "--no-install-recommends", EMULATOR[0]]);
    let plan = ask(&mut simulate, EMULATOR[0])?;
    let missing = plan.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    Ok(missing.chain(EMULATOR.iter().copied()).map(str::to_owned).collect())
}

/// The programs, and libraries until no more are named.
fn guest() -> Result<BTreeSet<String>, Unavailable> {
    let mut all: BTreeSet<String> = GUEST.iter().map(|name| (*name).to_owned()).collect();
    let mut new: Vec<String> = all.iter().cloned().collect();
    while !new.is_empty() {
        let depends = ask(Command::new("apt-cache").args(["depends", "--important"]).args(&new), "bluez")?;
        let libraries = dependencies(&depends).into_iter().filter(|name| name.contains("lib"));
        new = libraries.filter(|name| all.insert(name.clone())).collect();
    }
    Ok(all)
}

/// Real packages that a listing of `apt-cache depends` names.
fn dependencies(listing: &str) -> Vec<String> {
    let named = |line: &str| {
        let line = line.trim_start().trim_start_matches('|');
        let name = line.strip_prefix("Depends: ").or_else(|| line.strip_prefix("PreDepends: "))?;
        (!name.starts_with('<')).then(|| name.trim().to_owned())
    };
    listing.lines().filter_map(named).collect()
}

/// Downloads them into `dir/packages` and unpacks them into `dir/root`.
pub(super) fn unpack<'a>(names: impl Iterator<Item = &'a str>, dir: &Path) -> Result<(), Unavailable> {
    let (packages, root) = (dir.join("packages"), dir.join("root"));
    let here = |error: std::io::Error| Unavailable(format!("can't write to {}: {error}", dir.display()));
    std::fs::create_dir_all(&packages).map_err(here)?;
    std::fs::create_dir_all(&root).map_err(here)?;
    let mut download = Command::new("apt-get");
    download.args(["download", "--quiet=2", "--option", "APT::Sandbox::User=root"]);
    ask(download.args(names).current_dir(&packages), "Debian's packages")?;
    for package in std::fs::read_dir(&packages).map_err(here)? {
        let package = package.map_err(here)?.path();
        let unpacked = succeed(Command::new("dpkg-deb").arg("--extract").arg(&package).arg(&root));
        unpacked.map_err(|error| Unavailable(format!("can't unpack {}: {error:#}", package.display())))?;
    }
    Ok(())
}

fn ask(command: &mut Command, what: &str) -> Result<String, Unavailable> {
    read(command.env("LC_ALL", "C")).map_err(|error| {
        let error = format!("{error:#}");
        // A mirror that is away is an error for each package: one tells enough.
        let told = error.lines().find(|line| line.starts_with("E: ")).unwrap_or(&error);
        Unavailable(format!("{what} can't be had: {told}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_names_real_packages() {
        let listing =
            "bluez\n  Depends: libc6\n |Depends: libdbus-1-3\n  PreDepends: <awk>\n  Recommends: x\n";
        assert_eq!(dependencies(listing), ["libc6", "libdbus-1-3"]);
    }
}
