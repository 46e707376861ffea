//! An air with real device halves in it, one connection event long per packet, and with bad manners on request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use terskel_locks::device::{Device, DeviceFault, DeviceReport, DeviceTime};
use terskel_locks::session::Profile;
use terskel_model::{Clock as _, Uptime};
use terskel_radio::{AdapterState, DeviceRef, Link, LinkEvent, Radio, RadioError, ScanFilter, Sighting};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use uuid::Uuid;

use super::TestWorld;

const PACKET: Duration = Duration::from_millis(30);

pub(crate) struct Air {
    world: Arc<TestWorld>,
    devices: Mutex<HashMap<String, Arc<OneDevice>>>,
    adapter: watch::Sender<AdapterState>,
}

struct OneDevice {
    machine: Mutex<Box<dyn Device>>,
    stirred: Notify,
    manners: Mutex<Manners>,
    connects: Mutex<u32>,
}

#[derive(Default)]
struct Manners {
    silent: bool,
    /// Cut the link when this many more packets have been begun.
    cut_after: Option<u32>,
    packets: u32,
}

impl Air {
    pub(crate) fn new(world: Arc<TestWorld>) -> Self {
        let adapter = watch::Sender::new(AdapterState::On);
        Self { world, devices: Mutex::default(), adapter }
    }

    pub(crate) fn put(&self, address: &str, device: impl Device + 'static) {
        let device = OneDevice {
            machine: Mutex::new(Box::new(device)),
            stirred: Notify::new(),
            manners: Mutex::default(),
            connects: Mutex::new(0),
        };
        self.devices.lock().unwrap().insert(address.to_owned(), Arc::new(device));
    }

    fn device(&self, address: &str) -> Arc<OneDevice> {
        self.devices.lock().unwrap().get(address).unwrap().clone()
    }

    pub(crate) fn report(&self, address: &str) -> DeviceReport {
        self.device(address).machine.lock().unwrap().report()
    }

    pub(crate) fn moved(&self, address: &str) -> usize {
        self.report(address).movements.len()
    }

    pub(crate) fn connects(&self, address: &str) -> u32 {
        *self.device(address).connects.lock().unwrap()
    }

    pub(crate) fn inject(&self, address: &str, fault: DeviceFault) {
        self.device(address).machine.lock().unwrap().inject(fault);
    }

    /// Out of range, or asleep.
    pub(crate) fn silence(&self, address: &str, silent: bool) {
        self.device(address).manners.lock().unwrap().silent = silent;
    }

    /// The link breaks when the `n`-th packet from now is on its way, in either direction.
    pub(crate) fn cut_at(&self, address: &str, n: u32) {
        self.device(address).manners.lock().unwrap().cut_after = Some(n);
    }

    /// Whether the cut has happened; forgets it if not.
    pub(crate) fn was_cut(&self, address: &str) -> bool {
        self.device(address).manners.lock().unwrap().cut_after.take().is_none()
    }

    pub(crate) fn packets(&self, address: &str) -> u32 {
        self.device(address).manners.lock().unwrap().packets
    }

    pub(crate) fn set_adapter(&self, state: AdapterState) {
        self.adapter.send_replace(state);
    }
}

impl Radio for Air {
    fn state(&self) -> watch::Receiver<AdapterState> {
        self.adapter.subscribe()
    }

    fn scan(&self, _: ScanFilter) -> BoxFuture<'_, Result<mpsc::Receiver<Sighting>, RadioError>> {
        let (sightings, heard) = mpsc::channel(16);
        let devices = self.devices.lock().unwrap().clone();
        let adapter = self.adapter.subscribe();
        tokio::spawn(async move {
            while !sightings.is_closed() {
                for (address, device) in &devices {
                    if *adapter.borrow() != AdapterState::On || device.manners.lock().unwrap().silent {
                        continue;
                    }
                    let told = device.machine.lock().unwrap().advertisement();
                    let sighting = Sighting {
                        device: DeviceRef(address.clone()),
                        address: Some(address.clone()),
                        name: Some(told.name),
                        rssi: Some(-60),
                        services: told.services,
                        manufacturer: told.manufacturer.into_iter().collect(),
                    };
                    if sightings.send(sighting).await.is_err() {
                        return;
                    }
                }
                sleep(Duration::from_millis(200)).await;
            }
        });
        async move { Ok(heard) }.boxed()
    }

    fn connect<'a>(
        &'a self,
        device: &'a DeviceRef,
        profile: &'a Profile,
        limit: Duration,
    ) -> BoxFuture<'a, Result<Box<dyn Link>, RadioError>> {
        async move {
            let device = self.device(&device.0);
            if device.manners.lock().unwrap().silent {
                sleep(limit).await;
                return Err(RadioError::Timeout(limit, "connecting"));
            }
            sleep(PACKET * 2).await;
            *device.connects.lock().unwrap() += 1;
            let mut link = AirLink { device, world: self.world.clone(), coming: None, gone: Gone::default() };
            link.machine(|machine, now| {
                machine.connected(185, now);
                for uuid in &profile.notify {
                    machine.subscribed(*uuid, now);
                }
            });
            Ok(Box::new(link) as Box<dyn Link>)
        }
        .boxed()
    }
}

type Gone = Arc<Mutex<bool>>;

struct AirLink {
    device: Arc<OneDevice>,
    world: Arc<TestWorld>,
    /// A notification on its way.
    coming: Option<(Instant, Uuid, Vec<u8>)>,
    gone: Gone,
}

impl AirLink {
    fn machine<T>(&mut self, act: impl FnOnce(&mut dyn Device, DeviceTime) -> T) -> T {
        act(&mut **self.device.machine.lock().unwrap(), time(&self.world))
    }
}

fn time(world: &TestWorld) -> DeviceTime {
    DeviceTime { uptime: world.uptime(), wall: world.now() }
}

impl OneDevice {
    /// Counts a packet. False: this is the one at which the link breaks.
    fn packet(&self, gone: &Gone, now: DeviceTime) -> bool {
        let mut manners = self.manners.lock().unwrap();
        manners.packets += 1;
        let cut = match &mut manners.cut_after {
            Some(left) if *left <= 1 => true,
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        };
        if cut {
            manners.cut_after = None;
            drop(manners);
            self.end(gone, now);
        }
        !cut
    }

    fn end(&self, gone: &Gone, now: DeviceTime) {
        if !std::mem::replace(&mut *gone.lock().unwrap(), true) {
            self.machine.lock().unwrap().disconnected(now);
        }
        self.stirred.notify_one();
    }
}

impl Link for AirLink {
    fn mtu(&self) -> usize {
        185
    }

    fn write(
        &self,
        characteristic: Uuid,
        value: &[u8],
        _: bool,
    ) -> BoxFuture<'static, Result<(), RadioError>> {
        let (device, world, gone, value) =
            (self.device.clone(), self.world.clone(), self.gone.clone(), value.to_vec());
        async move {
            sleep(PACKET).await;
            if *gone.lock().unwrap() || !device.packet(&gone, time(&world)) {
                return Err(RadioError::LinkLost);
            }
            device.machine.lock().unwrap().written(characteristic, &value, time(&world));
            device.stirred.notify_one();
            Ok(())
        }
        .boxed()
    }

    fn next(&mut self) -> BoxFuture<'_, LinkEvent> {
        async move {
            loop {
                if let Some((at, characteristic, value)) = self.coming.clone() {
                    sleep_until(at).await;
                    self.coming = None;
                    if !*self.gone.lock().unwrap() && self.device.packet(&self.gone, time(&self.world)) {
                        return LinkEvent::Received { characteristic, value };
                    }
                }
                if *self.gone.lock().unwrap() {
                    return LinkEvent::Disconnected;
                }
                if let Some((uuid, value)) = self.machine(|m, _| m.poll_notify()) {
                    self.coming = Some((Instant::now() + PACKET, uuid, value));
                    continue;
                }
                if self.machine(|m, _| m.poll_disconnect()) {
                    self.device.end(&self.gone, time(&self.world));
                    continue;
                }
                self.stir().await;
            }
        }
        .boxed()
    }
}

impl AirLink {
    /// Until the device may have something to say.
    async fn stir(&mut self) {
        let due = self.machine(|m, _| m.poll_timeout());
        let wait = due.map_or(Duration::from_secs(3600), |at| at - self.world.uptime());
        if timeout(wait.max(Duration::from_millis(1)), self.device.stirred.notified()).await.is_err() {
            let now: Uptime = self.world.uptime();
            if due.is_some_and(|at| at <= now) {
                self.machine(|m, now| m.timed_out(now));
            }
        }
    }
}

impl Drop for AirLink {
    fn drop(&mut self) {
        self.device.end(&self.gone, time(&self.world));
    }
}
