//! What last passed: copies of all that went into the machine, beside the image that it ran in.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::image::Image;
use super::{PROGRAMS, SCRIPT, place};

/// Whether exactly this has passed before.
pub(super) fn before(image: &Image, share: &Path) -> bool {
    inputs(image, share).iter().all(|(input, kept)| same(input, kept))
}

/// From here until [`remember`], nothing has passed: a new machine, or a run that may fail.
pub(super) fn forget() -> Result<()> {
    match std::fs::remove_dir_all(folder()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

pub(super) fn remember(image: &Image, share: &Path) -> Result<()> {
    std::fs::create_dir_all(folder())?;
    for (input, kept) in inputs(image, share) {
        std::fs::copy(input, kept)?;
    }
    Ok(())
}

fn folder() -> PathBuf {
    place().join("passed")
}

/// Each with its copy. The recipe stands for kernel, bluetoothd and emulator: they are what it made once.
fn inputs(image: &Image, share: &Path) -> Vec<(PathBuf, PathBuf)> {
    let shared = PROGRAMS.into_iter().chain([SCRIPT]).map(|name| share.join(name));
    let inputs = shared.chain([image.recipe.clone()]);
    inputs.filter_map(|input| Some((input.clone(), folder().join(input.file_name()?)))).collect()
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((std::fs::read(one), std::fs::read(other)), (Ok(one), Ok(other)) if one == other)
}
