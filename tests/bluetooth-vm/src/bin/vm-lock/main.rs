//! A simulated lock as a GATT peripheral on a Bluetooth controller of this kernel.
//!
//! `vm-lock FAMILY CONTROLLER INTERVAL_MS RECORD`: takes the controller for itself (it must be down), advertises the
//! built-in streets' lock of that family, and writes what happens to the file RECORD. Runs until it is ended.

mod advertising;
mod gatt;
mod peripheral;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bt_hci_linux::Socket;
use bt_hci_serial::SerialTransport;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embedded_io_adapters::tokio_1::FromTokio;
use terskel_bluetooth_vm::{Air, lock_of, paced};
use terskel_locks::device::Device;
use terskel_locks::family::{FAMILIES, Setup, find};
use terskel_model::world::SystemWorld;
use terskel_simulator::Lock;
use tokio::io::{DuplexStream, ReadHalf, WriteHalf};
use trouble_host::prelude::ExternalController;
use zeroize::Zeroizing;

/// Commands that may wait for the controller's answer at once.
const COMMANDS: usize = 8;

/// The host's way to the controller, through the relay.
type Controller = ExternalController<
    SerialTransport<NoopRawMutex, FromTokio<ReadHalf<DuplexStream>>, FromTokio<WriteHalf<DuplexStream>>>,
    COMMANDS,
>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [family, controller, interval, record] = args.as_slice() else {
        bail!("vm-lock FAMILY CONTROLLER INTERVAL_MS RECORD");
    };
    let lock = lock_of(family)?;
    let air = Air::new(Duration::from_millis(interval.parse().context("INTERVAL_MS")?));
    let socket =
        Socket::new(controller.parse().context("CONTROLLER")?).context("can't take the controller")?;
    let (reader, writer) = tokio::io::split(paced(socket, &air));
    let transport = SerialTransport::new(FromTokio::new(reader), FromTokio::new(writer));
    let board = peripheral::Board::new(simulate(&lock)?, air, PathBuf::from(record));
    peripheral::run(Controller::new(transport), &lock.address, board).await
}

fn simulate(lock: &Lock) -> Result<Box<dyn Device>> {
    let family = find(FAMILIES, &lock.family).context("an unknown family")?;
    let setup = Setup {
        device_id: lock.device_id.clone(),
        name: lock.name.clone(),
        locked: lock.locked,
        battery_percent: lock.battery_percent,
        seed: lock.seed.as_ref().map(|seed| Zeroizing::new(*seed.expose())),
        credential: lock.credential.as_ref().map(|secret| Zeroizing::new(secret.expose().clone())),
        options: lock.options.clone(),
    };
    Ok(family.simulate(setup, Arc::new(SystemWorld))?.device)
}
