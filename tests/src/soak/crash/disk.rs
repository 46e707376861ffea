//! A disk that fails at one call of one visit: `strace` makes the n-th write to the phone's store fail, or the last.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::time::{sleep, timeout};

use super::worker::Memory;
use super::{EVENING, Evening, check};
use crate::stage::{Phone, Stage};

/// How often the log is looked at for the fault.
const LOOK: Duration = Duration::from_millis(10);

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A write fails: the disk is broken.
    WriteFails,
    /// A write fails: the disk is full.
    DiskFull,
    /// What is written can't be brought to the disk.
    SyncFails,
    /// The process dies under a write.
    DiesWriting,
    /// The process dies before what it wrote is on the disk.
    DiesSyncing,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::DiesWriting, Self::WriteFails, Self::SyncFails, Self::DiesSyncing, Self::DiskFull];

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::WriteFails => "a write fails: input/output error",
            Self::DiskFull => "a write fails: no space left",
            Self::SyncFails => "a sync fails: input/output error",
            Self::DiesWriting => "the phone dies under a write",
            Self::DiesSyncing => "the phone dies under a sync",
        }
    }

    fn calls(self) -> &'static str {
        match self {
            Self::WriteFails | Self::DiskFull | Self::DiesWriting => "pwrite64",
            Self::SyncFails | Self::DiesSyncing => "fsync,fdatasync",
        }
    }

    fn effect(self) -> &'static str {
        match self {
            Self::WriteFails | Self::SyncFails => "error=EIO",
            Self::DiskFull => "error=ENOSPC",
            Self::DiesWriting | Self::DiesSyncing => "signal=SIGKILL",
        }
    }
}

/// One evening in which `fault` befalls the `nth` call. Afterwards the phone is started anew, without. Says whether there were
/// so many calls.
///
/// # Errors
/// With the fault and the number, when something does not hold.
pub async fn disk(stage: &Stage, fault: Fault, nth: u64) -> Result<bool> {
    let evening = async { timeout(EVENING, fail_at(stage, fault, nth)).await? };
    evening.await.with_context(|| format!("{fault:?} at call {nth}"))
}

async fn fail_at(stage: &Stage, fault: Fault, nth: u64) -> Result<bool> {
    let evening = Evening::begin(stage, &format!("{fault:?}-{nth}")).await?;
    let mut memory = Memory::default();
    let log = stage.dir().join("strace.log");
    let under = strace(&stage.phone_data("Ada"), &log, fault, nth);
    let mut ended = Ok(());
    // It may not even start, or be gone in the middle, or as it ends: then the worker starts it anew.
    if let Ok(ada) = stage.phone_under("Ada", &under).await {
        let worked = tokio::select! {
            worked = evening.errand.work(&ada, &mut memory) => worked,
            failed = well_again(&ada, &log) => Err(failed),
        };
        if worked.is_ok() {
            ended = ada.stop().await;
        }
    }
    let said = std::fs::read_to_string(&log)?;
    let hit = said.contains("(INJECTED)") || said.contains("killed by SIGKILL");
    if !hit {
        ended?;
    }
    let ada: Phone = stage.phone("Ada").await?;
    let view = evening.errand.work(&ada, &mut memory).await?;
    ada.stop().await?;
    check::whole(stage, evening.dispatch, (&view, &memory), evening.moved(stage).await?).await?;
    Ok(hit)
}

/// The disk is well after the first fault: `strace` counts the calls of each thread anew, and a store that is opened anew has a
/// new thread. Ends only where that can't be done.
async fn well_again(ada: &Phone, log: &Path) -> anyhow::Error {
    loop {
        match std::fs::read_to_string(log) {
            Ok(said) if said.contains("(INJECTED)") => match ada.untrace() {
                Ok(()) => std::future::pending().await,
                Err(error) => return error,
            },
            _ => sleep(LOOK).await,
        }
    }
}

/// What starts the phone so that the call fails.
fn strace(store: &Path, log: &Path, fault: Fault, nth: u64) -> Vec<OsString> {
    let file = |name: &str| store.join(name).into_os_string();
    let (calls, effect) = (fault.calls(), fault.effect());
    let mut command: Vec<OsString> = ["/usr/bin/strace", "-D", "-I2", "-f", "-q"].map(Into::into).into();
    command.extend(["-P".into(), file("phone.db"), "-P".into(), file("phone.db-wal")]);
    command.extend(["-e".into(), format!("trace={calls}").into()]);
    command.extend(["-e".into(), format!("inject={calls}:{effect}:when={nth}").into()]);
    command.extend(["-o".into(), log.into(), "--".into()]);
    command
}
