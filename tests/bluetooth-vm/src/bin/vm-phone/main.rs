//! The phone: the `radio` crate and a family's session against this machine's own bluetoothd.
//!
//! `vm-phone FAMILY RECORD`: opens and locks the lock of that family as one never met before, then opens it again as
//! one that is known, holds that against the RECORD that the lock writes, and prints what it took as `RESULT` lines.

mod door;
mod result;
mod visit;

use std::path::Path;

use anyhow::{Result, bail, ensure};
use terskel_bluetooth_vm::{Record, lock_of};
use terskel_radio::BluetoothRadio;

use result::Results;

/// What the bolt does when all goes well.
const MOVEMENTS: [&str; 3] = ["unlocked", "locked", "unlocked"];

/// Of the engine's own log: enough to see why a door did not open.
const LOG: &str = "terskel_radio=debug";

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().with_env_filter(LOG).with_writer(std::io::stderr).without_time().init();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [family, record] = args.as_slice() else {
        bail!("vm-phone FAMILY RECORD");
    };
    let door = door::Door::new(BluetoothRadio::start(), lock_of(family)?, Path::new(record))?;
    door.ready().await?;
    let mut results = Results::new(family);
    visit::cold(&door, &mut results).await?;
    visit::known(&door, &mut results).await?;
    let record = Record::read(Path::new(record))?;
    results.movements(&record.movements);
    ensure!(record.movements == MOVEMENTS, "the bolt moved otherwise than asked: {:?}", record.movements);
    Ok(())
}
