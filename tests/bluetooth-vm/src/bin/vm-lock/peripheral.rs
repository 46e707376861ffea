//! Drives the device: advertises, takes writes to it, hands out what it says, and wakes it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use embassy_time::Duration as HostDuration;
use terskel_bluetooth_vm::{Air, Record};
use terskel_locks::device::{Device, DeviceTime};
use terskel_model::Clock;
use terskel_model::world::SystemWorld;
use trouble_host::prelude::{
    Address, Advertisement, AdvertisementParameters, DefaultPacketPool, GattConnectionEvent, GattEvent,
    HostResources, Peripheral,
};

use crate::Controller;
use crate::advertising::Packets;
use crate::gatt::{Connection, Gatt, Target};

/// From one advertisement to the next.
const ADVERTISING: HostDuration = HostDuration::from_millis(100);
/// A device that stays due must not spin.
const SHORTEST_SLEEP: Duration = Duration::from_millis(1);

type Advertising<'stack> = Peripheral<'stack, Controller, DefaultPacketPool>;

/// The device with what is known of it.
pub(crate) struct Board {
    device: Box<dyn Device>,
    air: Air,
    path: PathBuf,
    /// The device has been told of the connection.
    met: bool,
}

/// Runs until the controller fails.
pub(crate) async fn run(controller: Controller, address: &str, mut board: Board) -> Result<()> {
    let mut resources: HostResources<DefaultPacketPool, 1, 2> = HostResources::new();
    let stack = trouble_host::new(controller, &mut resources).set_random_address(parse(address)?).build();
    let name = board.device.advertisement().name;
    let gatt = Gatt::new(&name, &board.device.services())?;
    let (mut runner, mut peripheral) = (stack.runner(), stack.peripheral());
    tokio::select! {
        ended = runner.run() => bail!("the Bluetooth host ended: {ended:?}"),
        failed = board.live(&mut peripheral, &gatt) => failed,
    }
}

impl Board {
    pub(crate) fn new(device: Box<dyn Device>, air: Air, path: PathBuf) -> Self {
        Self { device, air, path, met: false }
    }

    async fn live(&mut self, peripheral: &mut Advertising<'_>, gatt: &Gatt<'_>) -> Result<()> {
        loop {
            if let Some(connection) = self.advertise(peripheral, gatt).await? {
                self.serve(&connection, gatt).await?;
            }
        }
    }

    /// Until somebody connects, or the device has something else to advertise.
    async fn advertise<'stack, 'server>(
        &mut self,
        peripheral: &mut Advertising<'stack>,
        gatt: &'server Gatt<'_>,
    ) -> Result<Option<Connection<'stack, 'server>>> {
        let shown = self.device.advertisement();
        let packets = Packets::of(&shown)?;
        let timing = AdvertisementParameters {
            interval_min: ADVERTISING,
            interval_max: ADVERTISING,
            ..AdvertisementParameters::default()
        };
        let data = Advertisement::ConnectableScannableUndirected {
            adv_data: &packets.advertisement,
            scan_data: &packets.scan_response,
        };
        let advertiser = peripheral.advertise(&timing, data).await;
        let advertiser = advertiser.map_err(|error| anyhow!("can't advertise: {error:?}"))?;
        self.write_down(true)?;
        let mut accepting = std::pin::pin!(advertiser.accept());
        loop {
            tokio::select! {
                connection = &mut accepting => {
                    let connection = connection.map_err(|error| anyhow!("no connection: {error:?}"))?;
                    let connection = connection.with_attribute_server(&gatt.server);
                    return connection.map(Some).map_err(|error| anyhow!("no connection: {error:?}"));
                }
                () = due(self.device.as_ref()) => self.device.timed_out(now()),
            }
            if self.device.advertisement() != shown {
                return Ok(None);
            }
        }
    }

    async fn serve(&mut self, connection: &Connection<'_, '_>, gatt: &Gatt<'_>) -> Result<()> {
        self.met = false;
        loop {
            while let Some((uuid, value)) = self.device.poll_notify() {
                gatt.tell(connection, uuid, &value).await?;
            }
            if self.device.poll_disconnect() {
                connection.raw().disconnect();
            }
            self.write_down(false)?;
            tokio::select! {
                event = connection.next() => match event {
                    GattConnectionEvent::Disconnected { .. } => break,
                    GattConnectionEvent::Gatt { event } => self.hear(connection, gatt, event).await?,
                    _ => {}
                },
                () = due(self.device.as_ref()) => self.device.timed_out(now()),
            }
        }
        self.device.disconnected(now());
        Ok(())
    }

    /// Answers first: what the device says to it comes after.
    async fn hear(
        &mut self,
        connection: &Connection<'_, '_>,
        gatt: &Gatt<'_>,
        event: GattEvent<'_, '_, DefaultPacketPool>,
    ) -> Result<()> {
        let GattEvent::Write(write) = event else {
            return answer(event.accept()).await;
        };
        let (target, value) = (gatt.target(write.handle()), write.with_data(|_, data| data.to_vec()));
        match target {
            Target::Value(uuid) => {
                answer(write.accept_unprocessed()).await?;
                self.meet(connection);
                self.device.written(uuid, &value, now());
            }
            Target::Subscription(uuid) => {
                answer(write.accept()).await?;
                self.meet(connection);
                if value.first().is_some_and(|bits| bits & 3 != 0) {
                    self.device.subscribed(uuid, now());
                }
            }
            Target::Other => answer(write.accept()).await?,
        }
        Ok(())
    }

    /// The device hears of the connection when the phone first turns to it: then the MTU has been agreed, and the
    /// dilated time that finding the services takes is not counted against the device's patience.
    fn meet(&mut self, connection: &Connection<'_, '_>) {
        if !std::mem::replace(&mut self.met, true) {
            self.device.connected(usize::from(connection.raw().att_mtu()), now());
        }
    }

    fn write_down(&self, advertising: bool) -> Result<()> {
        let report = self.device.report();
        let movements = report.movements.into_iter().map(|movement| movement.what).collect();
        let record = Record { advertising, state: report.state, movements, links: self.air.links() };
        record.write(&self.path)
    }
}

async fn answer(
    reply: Result<trouble_host::prelude::Reply<'_, DefaultPacketPool>, trouble_host::Error>,
) -> Result<()> {
    reply.map_err(|error| anyhow!("no answer to the phone: {error:?}"))?.send().await;
    Ok(())
}

/// Ends when the device wants to be woken.
async fn due(device: &dyn Device) {
    match device.poll_timeout() {
        Some(at) => tokio::time::sleep((at - SystemWorld.uptime()).max(SHORTEST_SLEEP)).await,
        None => std::future::pending().await,
    }
}

fn now() -> DeviceTime {
    DeviceTime { uptime: SystemWorld.uptime(), wall: SystemWorld.now() }
}

/// `AA:BB:CC:DD:EE:FF`, as a static random address: that is what locks have.
fn parse(address: &str) -> Result<Address> {
    let bytes: Vec<u8> =
        address.split(':').rev().map(|pair| u8::from_str_radix(pair, 16)).collect::<Result<_, _>>()?;
    let bytes: [u8; 6] = bytes.try_into().ok().context("no Bluetooth address")?;
    Ok(Address::random(bytes))
}
