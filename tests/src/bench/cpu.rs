//! Time that cores have worked: what else the machine does counts as little as it can.

use std::time::Duration;

use anyhow::{Context, Result};

/// For this thread.
#[must_use]
pub fn of_this_thread() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// For another process, with all its threads.
///
/// # Errors
/// When it does not run any longer.
pub fn of_process(id: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name before it may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("no name")?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next().context("a field is missing")?.parse::<u64>().context("no number");
    let spent = ticks()? + ticks()?;
    Ok(Duration::from_millis(spent * 1000 / rustix::param::clock_ticks_per_second().max(1)))
}
