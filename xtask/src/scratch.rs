//! Room for what tests write and nobody reads after them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command::read;

const MEMORY: &str = "/dev/shm";
/// So much memory must be free for files. A whole run needs a tenth.
const ENOUGH_KIBIBYTES: u64 = 4 << 20;

/// A folder that ends with us.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// In memory, where there is enough: a thousand stores and their journals wait for no disk then. Else where
    /// temporary files go.
    pub(crate) fn new(name: &str) -> Result<Self> {
        let parent = if memory_is_enough() { MEMORY.into() } else { std::env::temp_dir() };
        let template = parent.join(format!("terskel-{name}-XXXXXX"));
        Self::made(Command::new("mktemp").arg("-d").arg(template))
    }

    /// On the disk, for what measures it.
    pub(crate) fn on_disk(name: &str) -> Result<Self> {
        Self::made(Command::new("mktemp").arg("-d").arg(format!("/tmp/terskel-{name}-XXXXXX")))
    }

    fn made(mktemp: &mut Command) -> Result<Self> {
        Ok(Self(PathBuf::from(read(mktemp)?.trim())))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    /// What stays behind does no harm.
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn memory_is_enough() -> bool {
    let free = read(Command::new("df").args(["--output=avail", "--block-size=1K", MEMORY]));
    let free = free.ok().and_then(|table| table.lines().last()?.trim().parse::<u64>().ok());
    free.is_some_and(|free| free >= ENOUGH_KIBIBYTES)
}
