//! Runs the machine and hands out what it printed.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::image::Image;
use crate::report::Watch;

/// A machine that has not ended by then hangs.
const LIMIT: Duration = Duration::from_secs(420);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// By software alone: hardware virtualisation may be there and not work.
const MACHINE: &[&str] = &[
    "-accel",
    "tcg",
    "-cpu",
    "max",
    "-smp",
    "1",
    "-m",
    "384",
    "-machine",
    "q35,graphics=off",
    "-nodefaults",
    "-display",
    "none",
    "-no-reboot",
    "-serial",
    "stdio",
    "-device",
    "virtio-rng-pci",
    "-device",
    "virtio-9p-pci,fsdev=share,mount_tag=host",
    "-append",
    "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on",
];

/// Runs it to its end.
pub(super) fn run(image: &Image, share: &Path) -> Result<String> {
    let log = share.join("console.log");
    let mut machine = command(image, share);
    machine
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&log)?)
        .stderr(std::fs::File::create(share.join("qemu.log"))?);
    let mut machine = machine.spawn().context("can't start the emulator")?;
    let watch = Watch::start();
    let status = loop {
        if let Some(status) = machine.try_wait()? {
            break status;
        }
        if watch.elapsed() > LIMIT {
            machine.kill()?;
            machine.wait()?;
            bail!("the machine did not end within {LIMIT:?}; its console is {}", log.display());
        }
        sleep(LOOK_EVERY);
    };
    let console = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
    let emulator = std::fs::read_to_string(share.join("qemu.log"))?;
    anyhow::ensure!(status.success(), "the emulator: {status}\n{emulator}");
    Ok(console)
}

fn command(image: &Image, share: &Path) -> Command {
    let root = &image.emulator;
    let libraries = format!("lib/{}-linux-gnu", std::env::consts::ARCH);
    let paths = ["usr", ""].map(|prefix| root.join(prefix).join(&libraries));
    let mut machine = Command::new(root.join("usr/bin/qemu-system-x86_64"));
    machine
        .env("LD_LIBRARY_PATH", std::env::join_paths(&paths).unwrap_or_default())
        .env("QEMU_MODULE_DIR", paths[0].join("qemu"));
    for data in ["qemu", "seabios"] {
        machine.arg("-L").arg(root.join("usr/share").join(data));
    }
    machine.args(MACHINE).arg("-kernel").arg(&image.kernel).arg("-initrd").arg(&image.initramfs);
    machine.arg("-fsdev").arg(format!("local,id=share,path={},security_model=none", share.display()));
    machine
}
