//! What an installation has in hand: the search, and one thing at a time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use terskel_locks::family::Family;
use terskel_locks::install::Found;
use terskel_model::Entropy;
use terskel_model::world::random;
use terskel_radio::DeviceRef;
use tokio::time::Instant;

use crate::visit::AbortOnDrop;

/// Shared by the intents.
#[derive(Default)]
pub(crate) struct InstallDesk {
    /// One thing is asked of a lock at a time.
    pub(super) turn: tokio::sync::Mutex<()>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    search: Option<AbortOnDrop>,
    numbers: HashMap<DeviceRef, u32>,
}

impl InstallDesk {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The search that runs; an older one ends.
    pub(super) fn search(&self, task: Option<AbortOnDrop>) {
        self.kept().search = task;
    }

    /// The number of this installation: the same as long as the app runs, so that another try replaces what an interrupted
    /// one has left in the lock.
    pub(super) fn number(&self, device: &DeviceRef, entropy: &dyn Entropy) -> u32 {
        let new = || u32::from_be_bytes(random(entropy)).max(1);
        *self.kept().numbers.entry(device.clone()).or_insert_with(new)
    }
}

/// What is true of an installation only now.
#[derive(Clone, Default)]
pub(crate) struct InstallLive {
    pub(crate) looking: bool,
    pub(crate) found: Vec<FoundLock>,
    pub(crate) working: Option<&'static str>,
    /// The door whose lock the station has just got.
    pub(crate) installed: Option<String>,
}

impl std::fmt::Debug for InstallLive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InstallLive").field("looking", &self.looking).field("working", &self.working).finish()
    }
}

/// A lock that was heard.
#[derive(Clone)]
pub(crate) struct FoundLock {
    pub(crate) device: DeviceRef,
    pub(crate) address: String,
    pub(crate) family: &'static dyn Family,
    pub(crate) found: Found,
    /// It is within a few steps.
    pub(crate) near: bool,
    pub(crate) at: Instant,
}
