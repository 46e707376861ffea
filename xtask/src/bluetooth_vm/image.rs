//! Emulator, kernel and root file system, made once and kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::packages::{Packages, unpack};
use super::{Unavailable, passed, place};
use crate::command::{read, succeed};
use crate::report::say;

/// Kernel modules; those that they need come with them. The cryptographic ones are for pairing, which bluetoothd
/// prepares for at its start.
const MODULES: &[&str] = &[
    "virtio_pci",
    "9pnet_virtio",
    "9p",
    "virtio-rng",
    "drbg",
    "hmac",
    "ctr",
    "sha512_generic",
    "sha256_generic",
    "ecb",
    "cmac",
    "ccm",
    "algif_hash",
    "algif_skcipher",
    "bluetooth",
    "hci_vhci",
    "uhid",
];
/// The agreed interval; the relay before the lock dilates it. bluetoothd heeds these four together only.
const MAIN_CONF: &str = "[LE]\nMinConnectionInterval=24\nMaxConnectionInterval=24\nConnectionLatency=0\n\
                         ConnectionSupervisionTimeout=500\n";
const FOLDERS: &[&str] = &[
    "proc",
    "sys",
    "dev",
    "tmp",
    "run/dbus",
    "var/lib/bluetooth",
    "etc/bluetooth",
    "root",
    "sbin",
    "mnt/host",
];
/// Nobody reads in there, and the machine boots faster without it.
const BALLAST: &[&str] = &[
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/zsh",
    "usr/share/lintian",
    "usr/share/bug",
];
/// The first bytes of a compressed kernel inside of its boot image.
const XZ: &[u8] = b"\xfd7zXZ\x00";
const INIT: &str = include_str!("init.sh");
const BUS: &str = include_str!("system-bus.conf");

/// What QEMU is started with.
pub(super) struct Image {
    /// The root of the emulator's unpacked packages.
    pub(super) emulator: PathBuf,
    pub(super) kernel: PathBuf,
    pub(super) initramfs: PathBuf,
    /// The file that says what it was made of.
    pub(super) recipe: PathBuf,
}

/// Why there is no image.
pub(super) enum Problem {
    Unavailable(Unavailable),
    Failed(anyhow::Error),
}

impl From<Unavailable> for Problem {
    fn from(why: Unavailable) -> Self {
        Self::Unavailable(why)
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

/// The image that is there, or a new one where there is none or its recipe has changed.
pub(super) fn ready() -> Result<Image, Problem> {
    let dir = place().join("image");
    let image = Image {
        emulator: dir.join("emulator/root"),
        kernel: dir.join("kernel.img"),
        initramfs: dir.join("initramfs.cpio"),
        recipe: dir.join("recipe"),
    };
    let recipe = format!("{INIT}{BUS}{MAIN_CONF}{MODULES:?}{FOLDERS:?}{BALLAST:?}");
    if std::fs::read_to_string(&image.recipe).is_ok_and(|made| made == recipe) {
        return Ok(image);
    }
    say(
        "Making the virtual machine in target/bluetooth-vm, of Debian's packages (once, about half a minute).",
    );
    std::fs::remove_dir_all(&dir).ok();
    passed::forget()?;
    let packages = Packages::ask()?;
    unpack(packages.emulator.iter().map(String::as_str), &dir.join("emulator"))?;
    unpack(packages.guest.iter().map(String::as_str), &dir.join("guest"))?;
    unpack(std::iter::once(packages.kernel.as_str()), &dir.join("kernel"))?;
    assemble(&dir, &image, packages.kernel_version())?;
    std::fs::write(&image.recipe, recipe).context("can't write the recipe")?;
    Ok(image)
}

fn assemble(dir: &Path, image: &Image, version: &str) -> Result<()> {
    let (guest, kernel) = (dir.join("guest/root"), dir.join("kernel/root"));
    for ballast in BALLAST {
        std::fs::remove_dir_all(guest.join(ballast)).ok();
    }
    modules(&guest, &kernel, version)?;
    configure(&guest)?;
    pack(&guest, &image.initramfs)?;
    unwrap_kernel(&kernel.join(format!("boot/vmlinuz-{version}")), &image.kernel)?;
    for spent in ["kernel", "guest", "emulator/packages"] {
        std::fs::remove_dir_all(dir.join(spent))?;
    }
    Ok(())
}

fn busybox(guest: &Path) -> Command {
    Command::new(guest.join("bin/busybox"))
}

/// The kernel's package comes without a list of what its modules need: made twice, for choosing and for loading.
fn modules(guest: &Path, kernel: &Path, version: &str) -> Result<()> {
    let folder = Path::new("lib/modules").join(version);
    let (from, to) = (kernel.join(&folder), guest.join(&folder));
    succeed(busybox(guest).args(["depmod", "-b"]).arg(kernel).arg(version))?;
    for module in chosen(&std::fs::read_to_string(from.join("modules.dep"))?) {
        let target = to.join(&module);
        std::fs::create_dir_all(target.parent().context("a module in a folder")?)?;
        succeed(Command::new("strip").args(["--strip-debug", "-o"]).arg(&target).arg(from.join(&module)))?;
    }
    for list in ["modules.builtin", "modules.order"] {
        std::fs::copy(from.join(list), to.join(list))?;
    }
    succeed(busybox(guest).args(["depmod", "-b"]).arg(guest).arg(version))
}

/// The files of the wanted modules and of those that they need. What is built into the kernel has none.
fn chosen(dependencies: &str) -> BTreeSet<String> {
    let wanted = |file: &str| {
        let name = file.rsplit('/').next().and_then(|name| name.strip_suffix(".ko"));
        name.is_some_and(|name| MODULES.contains(&name))
    };
    let lines = dependencies.lines().filter_map(|line| line.split_once(':'));
    let lines = lines.filter(|(file, _)| wanted(file));
    lines
        .flat_map(|(file, needs)| std::iter::once(file).chain(needs.split_whitespace()))
        .map(str::to_owned)
        .collect()
}

fn configure(guest: &Path) -> Result<()> {
    for folder in FOLDERS {
        std::fs::create_dir_all(guest.join(folder))?;
    }
    let files = [
        ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
        ("etc/group", "root:x:0:\n"),
        ("etc/system-bus.conf", BUS),
        ("etc/bluetooth/main.conf", MAIN_CONF),
        ("etc/modules", &MODULES.join("\n")),
        ("init", INIT),
    ];
    for (name, text) in files {
        std::fs::write(guest.join(name), text).with_context(|| format!("can't write {name}"))?;
    }
    succeed(Command::new("chmod").arg("755").arg(guest.join("init")))?;
    let modprobe = guest.join("sbin/modprobe");
    std::fs::remove_file(&modprobe).ok();
    Ok(std::os::unix::fs::symlink("../bin/busybox", modprobe)?)
}

fn pack(guest: &Path, to: &Path) -> Result<()> {
    let files = read(Command::new("find").arg(".").current_dir(guest))?;
    let list = to.with_extension("list");
    std::fs::write(&list, files)?;
    let mut cpio = busybox(guest);
    cpio.args(["cpio", "--create", "--format", "newc"]).current_dir(guest);
    let status = cpio
        .stdin(std::fs::File::open(&list)?)
        .stdout(std::fs::File::create(to)?)
        .stderr(Stdio::null())
        .status()?;
    anyhow::ensure!(status.success(), "can't pack the root file system: {status}");
    Ok(())
}

/// Takes the kernel out of its boot image, which would unpack itself for seconds under emulation; where it can't be
/// had out, the boot image does as well.
fn unwrap_kernel(boot: &Path, to: &Path) -> Result<()> {
    let image = std::fs::read(boot).with_context(|| format!("can't read {}", boot.display()))?;
    let start = image.windows(XZ.len()).position(|window| window == XZ);
    let compressed = to.with_extension("xz");
    if let Some(start) = start {
        std::fs::write(&compressed, &image[start..])?;
        let mut unpack = Command::new("xz");
        // What follows the kernel is not its: the program complains, and has done its work.
        unpack.args(["--decompress", "--stdout", "--single-stream"]).arg(&compressed);
        unpack.stdout(std::fs::File::create(to)?).stderr(Stdio::null()).status().ok();
        std::fs::remove_file(&compressed)?;
    }
    if !std::fs::read(to).is_ok_and(|kernel| kernel.starts_with(b"\x7fELF")) {
        std::fs::write(to, image)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_brings_what_it_needs() {
        let list = "kernel/fs/9p/9p.ko: kernel/net/9p/9pnet.ko\nkernel/drivers/x.ko: kernel/y.ko\nkernel/a/uhid.ko:\n";
        let files: Vec<String> = chosen(list).into_iter().collect();
        assert_eq!(files, ["kernel/a/uhid.ko", "kernel/fs/9p/9p.ko", "kernel/net/9p/9pnet.ko"]);
    }
}
