//! The machine: connections, timers, and where each write goes.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use terskel_model::world::random;
use terskel_model::{Entropy, Timestamp, Uptime};
use uuid::Uuid;

use super::LockConfig;
use super::authorizations::Authorization;
use super::faults::Faults;
use super::journal::Journal;
use super::mechanism::Mechanism;
use super::outbox::Outbox;
use super::pairing::Stage;
use crate::device::{Advertisement, Characteristic, Device, DeviceFault, DeviceReport, DeviceTime, Service};
use crate::nuki::message::{AdvancedConfig, Config};
use crate::nuki::{
    BEACON, BEACON_COMPANY, GENERAL, Generation, KEYTURNER_SERVICE, PAIRING, PAIRING_SERVICE, ULTRA_PAIRING,
    ULTRA_PAIRING_SERVICE, USER,
};

/// How long the button opens pairing mode (3, \[D\]).
const PAIRING_FOR: Duration = Duration::from_secs(120);

/// Whether the lock lets somebody in that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PairingMode {
    Off,
    /// Until somebody has paired.
    On,
    Until(Uptime),
}

/// A lock that speaks Nuki's protocol.
pub struct SimulatedLock {
    pub(super) config: LockConfig,
    pub(super) settings: Config,
    pub(super) advanced: AdvancedConfig,
    /// Counts changes of the settings.
    pub(super) settings_count: u8,
    pub(super) uuid: Uuid,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) authorizations: Vec<Authorization>,
    pub(super) pin: Option<u32>,
    pub(super) wrong_pins: u8,
    pub(super) pins_locked_until: Option<Uptime>,
    pub(super) mechanism: Mechanism,
    pub(super) last_action_at: Option<Uptime>,
    pub(super) journal: Journal,
    pub(super) pairing_mode: PairingMode,
    pub(super) stage: Stage,
    pub(super) outbox: Outbox,
    /// Who has shown a key on this connection.
    pub(super) peer: Option<u32>,
    /// The last sealed message, for a replay.
    pub(super) said: Option<Vec<u8>>,
    /// By how much the lock's clock was set apart from the device's.
    pub(super) clock_set: TimeDelta,
    pub(super) clock_lost: bool,
    /// Something has changed since a bridge last read the states.
    pub(super) changed: bool,
    pub(super) faults: Faults,
    pub(super) hung: bool,
    pub(super) wants_disconnect: bool,
    connected: bool,
}

impl SimulatedLock {
    /// A lock that nobody is connected to.
    #[must_use]
    pub fn new(mut config: LockConfig, entropy: Arc<dyn Entropy>) -> Self {
        let known = std::mem::take(&mut config.authorizations);
        Self {
            settings: super::settings::initial(&config),
            advanced: super::settings::advanced(&config),
            settings_count: 0,
            uuid: config.uuid.unwrap_or_else(|| Uuid::from_bytes(random(&*entropy))),
            authorizations: known.into_iter().map(Authorization::from).collect(),
            pin: config.pin,
            wrong_pins: 0,
            pins_locked_until: None,
            mechanism: Mechanism::new(config.locked, config.battery_percent),
            last_action_at: None,
            journal: Journal::new(),
            pairing_mode: if config.pairing { PairingMode::On } else { PairingMode::Off },
            stage: Stage::Idle,
            outbox: Outbox::new(),
            peer: None,
            said: None,
            clock_set: TimeDelta::zero(),
            clock_lost: false,
            changed: false,
            faults: Faults::default(),
            hung: false,
            wants_disconnect: false,
            connected: false,
            config,
            entropy,
        }
    }

    /// Somebody holds the button for five seconds.
    pub fn press_button(&mut self, now: DeviceTime) {
        self.pairing_mode = PairingMode::Until(now.uptime + PAIRING_FOR);
    }

    /// Forgets everybody, and becomes another lock in the same door.
    pub fn reset(&mut self) {
        self.authorizations.clear();
        self.pin = None;
        self.uuid = Uuid::from_bytes(random(&*self.entropy));
        self.restart();
    }

    pub(super) fn in_pairing_mode(&self, now: Uptime) -> bool {
        match self.pairing_mode {
            PairingMode::Off => false,
            PairingMode::On => true,
            PairingMode::Until(end) => now < end,
        }
    }

    /// What the lock takes the time to be. A lock that has lost it takes the start of 1970.
    pub(super) fn clock(&self, now: DeviceTime) -> Timestamp {
        if self.clock_lost { Timestamp::UNIX_EPOCH } else { now.wall + self.clock_set }
    }

    pub(super) fn pairing_characteristic(&self) -> Uuid {
        match self.config.generation {
            Generation::Classic => PAIRING,
            Generation::Ultra => ULTRA_PAIRING,
        }
    }

    fn pairing_service(&self) -> Uuid {
        match self.config.generation {
            Generation::Classic => PAIRING_SERVICE,
            Generation::Ultra => ULTRA_PAIRING_SERVICE,
        }
    }

    /// What only memory holds is gone.
    fn forget_connection(&mut self) {
        self.outbox.clear();
        self.stage = Stage::Idle;
        self.peer = None;
        self.said = None;
        self.authorizations.iter_mut().for_each(|known| known.challenge = None);
    }

    pub(super) fn restart(&mut self) {
        self.forget_connection();
        self.mechanism.interrupt();
        self.wants_disconnect = self.connected;
    }

    fn inject_own(&mut self, name: &str) {
        let (stem, number) = name.rsplit_once('_').unwrap_or((name, ""));
        match (stem, number.parse().ok().filter(|n| *n > 0)) {
            ("drop_reply", Some(n)) => self.faults.drop_reply = Some(n),
            ("corrupt", Some(n)) => self.outbox.corrupt = Some(n),
            ("states", Some(n)) => self.faults.states_length = [15, 19, 21, 27].into_iter().find(|l| *l == n),
            _ if name == "clock_lost" => self.clock_lost = true,
            _ => drop(self.faults.switch(name)),
        }
    }
}

impl Device for SimulatedLock {
    /// A factory-fresh lock is one in pairing mode here.
    fn advertisement(&self) -> Advertisement {
        let id = self.config.nuki_id;
        let name = format!("Nuki_{id:08X}");
        if self.pairing_mode != PairingMode::Off {
            let service_data = Some((self.pairing_service(), id.to_be_bytes().to_vec()));
            return Advertisement { name, service_data, ..Advertisement::default() };
        }
        let power = 0xc8 | u8::from(self.changed);
        let beacon = [&BEACON[..], KEYTURNER_SERVICE.as_bytes(), &id.to_be_bytes(), &[power]].concat();
        Advertisement { name, manufacturer: Some((BEACON_COMPANY, beacon)), ..Advertisement::default() }
    }

    fn services(&self) -> Vec<Service> {
        let characteristic =
            |uuid| Characteristic { uuid, write: true, indicate: true, ..Characteristic::default() };
        let pairing = vec![characteristic(self.pairing_characteristic())];
        let keyturner = vec![characteristic(GENERAL), characteristic(USER)];
        vec![
            Service { uuid: self.pairing_service(), characteristics: pairing },
            Service { uuid: KEYTURNER_SERVICE, characteristics: keyturner },
        ]
    }

    fn connected(&mut self, mtu: usize, _now: DeviceTime) {
        self.forget_connection();
        self.outbox.connected(mtu);
        self.connected = true;
        self.wants_disconnect = false;
    }

    fn subscribed(&mut self, characteristic: Uuid, _now: DeviceTime) {
        self.outbox.subscribe(characteristic);
    }

    fn written(&mut self, characteristic: Uuid, value: &[u8], now: DeviceTime) {
        if self.hung || !self.connected {
            return;
        }
        self.run(now);
        match characteristic {
            USER => self.take_sealed(value, now),
            pairing if pairing == self.pairing_characteristic() => self.take_pairing(value, now),
            GENERAL => self.take_general(value),
            _ => {}
        }
    }

    fn disconnected(&mut self, _now: DeviceTime) {
        self.forget_connection();
        self.connected = false;
        self.wants_disconnect = false;
    }

    fn timed_out(&mut self, now: DeviceTime) {
        if matches!(self.pairing_mode, PairingMode::Until(end) if end <= now.uptime) {
            self.pairing_mode = PairingMode::Off;
        }
        self.run(now);
    }

    fn poll_notify(&mut self) -> Option<(Uuid, Vec<u8>)> {
        if self.hung { None } else { self.outbox.poll() }
    }

    fn poll_disconnect(&mut self) -> bool {
        let wants = self.wants_disconnect && !self.hung && self.outbox.is_empty();
        self.wants_disconnect &= !wants;
        wants
    }

    fn poll_timeout(&self) -> Option<Uptime> {
        let step = self.mechanism.motion.as_ref().and_then(|motion| motion.steps.front());
        let closes = match self.pairing_mode {
            PairingMode::Until(end) => Some(end),
            PairingMode::Off | PairingMode::On => None,
        };
        step.map(|(at, _)| *at).into_iter().chain(closes).min()
    }

    fn inject(&mut self, fault: DeviceFault) {
        match fault {
            DeviceFault::Jammed(jammed) => self.mechanism.jammed = jammed,
            DeviceFault::Battery(percent) => self.mechanism.battery_percent = percent.min(100),
            DeviceFault::Hang(hung) => self.hung = hung,
            DeviceFault::Reboot => self.restart(),
            DeviceFault::Uncalibrated(uncalibrated) => self.mechanism.calibrated = !uncalibrated,
            DeviceFault::Own(name) => self.inject_own(&name),
            DeviceFault::Mended => {
                self.faults = Faults::default();
                self.outbox.corrupt = None;
                self.clock_lost = false;
            }
        }
    }

    fn report(&self) -> DeviceReport {
        DeviceReport {
            state: self.mechanism.word().into(),
            battery_percent: Some(self.mechanism.battery_percent),
            movements: self.mechanism.movements.clone(),
        }
    }
}
