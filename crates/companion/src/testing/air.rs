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
const MTU: usize = 185;

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
    /// It has one connection, and does not advertise while it is taken.
    taken: watch::Sender<bool>,
}

#[derive(Default)]
struct Manners {
    silent: bool,
    /// What befalls the packet when this many more have been begun.
    fate: Option<(u32, Fate)>,
    packets: u32,
    /// Values longer than this come in pieces that long; shorter ones too, where it is smaller than the MTU.
    mtu: Option<usize>,
}

/// What befalls one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It vanishes; the link stays.
    Lost,
    /// It arrives twice.
    Twice,
    /// It arrives much later, and all behind it.
    Late(Duration),
    /// The link breaks with it.
    Cut,
    /// It arrives, and the device says nothing more.
    Hang,
}

impl Air {
    pub(crate) fn new(world: Arc<TestWorld>) -> Self {
        let adapter = watch::Sender::new(AdapterState::On);
        Self { world, devices: Mutex::default(), adapter }
    }

    pub(crate) fn put(&self, address: &str, device: Box<dyn Device>) {
        let device = OneDevice {
            machine: Mutex::new(device),
            stirred: Notify::new(),
            manners: Mutex::default(),
            connects: Mutex::new(0),
            taken: watch::Sender::new(false),
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
        let device = self.device(address);
        device.machine.lock().unwrap().inject(fault);
        device.stirred.notify_one();
    }

    /// Whether somebody is connected to it.
    pub(crate) fn taken(&self, address: &str) -> watch::Receiver<bool> {
        self.device(address).taken.subscribe()
    }

    /// Out of range, or asleep.
    pub(crate) fn silence(&self, address: &str, silent: bool) {
        self.device(address).manners.lock().unwrap().silent = silent;
    }

    /// The link breaks when the `n`-th packet from now is on its way, in either direction.
    pub(crate) fn cut_at(&self, address: &str, n: u32) {
        self.befall(address, n, Fate::Cut);
    }

    /// What befalls the `n`-th packet from now, in either direction.
    pub(crate) fn befall(&self, address: &str, n: u32, fate: Fate) {
        self.device(address).manners.lock().unwrap().fate = Some((n, fate));
    }

    /// Whether it has befallen it; forgets it if not.
    pub(crate) fn has_befallen(&self, address: &str) -> bool {
        self.device(address).manners.lock().unwrap().fate.take().is_none()
    }

    /// The ATT MTU of links to come.
    pub(crate) fn set_mtu(&self, address: &str, mtu: usize) {
        self.device(address).manners.lock().unwrap().mtu = Some(mtu);
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
                    let silent = device.manners.lock().unwrap().silent || *device.taken.borrow();
                    if *adapter.borrow() != AdapterState::On || silent {
                        continue;
                    }
                    let told = device.machine.lock().unwrap().advertisement();
                    let sighting = Sighting {
                        device: DeviceRef(address.clone()),
                        address: Some(address.clone()),
                        name: Some(told.name),
                        rssi: Some(-60),
                        services: told
                            .services
                            .into_iter()
                            .chain(told.service_data.map(|(uuid, _)| uuid))
                            .collect(),
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
            match *self.adapter.borrow() {
                AdapterState::On => {}
                AdapterState::Off => return Err(RadioError::Off),
                AdapterState::Absent => return Err(RadioError::Absent),
            }
            let device = self.device(&device.0);
            if device.manners.lock().unwrap().silent {
                sleep(limit).await;
                return Err(RadioError::Timeout(limit, "connecting"));
            }
            let mut taken = device.taken.subscribe();
            if timeout(limit, taken.wait_for(|taken| !*taken)).await.is_err() {
                return Err(RadioError::Timeout(limit, "connecting"));
            }
            device.taken.send_replace(true);
            let mtu = device.manners.lock().unwrap().mtu.unwrap_or(MTU);
            // From here on, so that whoever stops waiting lets go of it too.
            let mut link = AirLink {
                device,
                world: self.world.clone(),
                mtu,
                coming: None,
                again: None,
                gone: Gone::default(),
            };
            sleep(PACKET * 2).await;
            *link.device.connects.lock().unwrap() += 1;
            link.machine(|machine, now| {
                machine.connected(mtu, now);
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
    mtu: usize,
    /// A notification on its way.
    coming: Option<(Instant, Uuid, Vec<u8>)>,
    /// One that comes a second time.
    again: Option<(Uuid, Vec<u8>)>,
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
    /// Counts a packet, and says what befalls it. A link that breaks has broken.
    fn packet(&self, gone: &Gone, now: DeviceTime) -> Option<Fate> {
        let fate = {
            let mut manners = self.manners.lock().unwrap();
            manners.packets += 1;
            match &mut manners.fate {
                Some((left, _)) if *left > 1 => {
                    *left -= 1;
                    None
                }
                due => due.take().map(|(_, fate)| fate),
            }
        };
        match fate {
            Some(Fate::Cut) => self.end(gone, now),
            Some(Fate::Hang) => self.machine.lock().unwrap().inject(DeviceFault::Hang(true)),
            _ => {}
        }
        fate
    }

    fn end(&self, gone: &Gone, now: DeviceTime) {
        if !std::mem::replace(&mut *gone.lock().unwrap(), true) {
            self.machine.lock().unwrap().disconnected(now);
            self.taken.send_replace(false);
        }
        self.stirred.notify_one();
    }
}

impl Link for AirLink {
    fn mtu(&self) -> usize {
        self.mtu
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
            let fate = if *gone.lock().unwrap() { None } else { device.packet(&gone, time(&world)) };
            if let Some(Fate::Late(by)) = fate {
                sleep(by).await;
            }
            if *gone.lock().unwrap() {
                return Err(RadioError::LinkLost);
            }
            let times = match fate {
                Some(Fate::Lost) => 0,
                Some(Fate::Twice) => 2,
                _ => 1,
            };
            for _ in 0..times {
                device.machine.lock().unwrap().written(characteristic, &value, time(&world));
            }
            device.stirred.notify_one();
            Ok(())
        }
        .boxed()
    }

    fn next(&mut self) -> BoxFuture<'_, LinkEvent> {
        async move {
            loop {
                if let Some((characteristic, value)) = self.again.take() {
                    return LinkEvent::Received { characteristic, value };
                }
                if let Some((at, characteristic, value)) = self.coming.clone() {
                    sleep_until(at).await;
                    if *self.gone.lock().unwrap() {
                        self.coming = None;
                        return LinkEvent::Disconnected;
                    }
                    match self.device.packet(&self.gone, time(&self.world)) {
                        // Not counted again when it comes in the end.
                        Some(Fate::Late(by)) => {
                            self.coming = None;
                            self.again = Some((characteristic, value));
                            sleep(by).await;
                            continue;
                        }
                        Some(Fate::Cut | Fate::Lost) => {
                            self.coming = None;
                            continue;
                        }
                        Some(Fate::Twice) => self.again = Some((characteristic, value.clone())),
                        Some(Fate::Hang) | None => {}
                    }
                    self.coming = None;
                    return LinkEvent::Received { characteristic, value };
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
