//! The machine: connections, timers, and where each frame goes.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::{Entropy, Uptime};
use uuid::Uuid;

use super::LockConfig;
use super::mechanism::Mechanism;
use crate::device::{Advertisement, Characteristic, Device, DeviceFault, DeviceReport, DeviceTime, Service};
use crate::dkey::channel::{Channel, ChannelError, Side};
use crate::dkey::crypto::{KeyPair, SessionKeys};
use crate::dkey::frame::Frame;
use crate::dkey::message::{
    Ack, DisconnectRequest, error, feature, id, is_command, is_phone_command, kind, reason,
};
use crate::dkey::{ActivationCode, Credential, FROM_SERVER, SERVICE, TO_SERVER};

/// From connection to the end of authentication (chapter 8, \[S\]).
const AUTHENTICATE_WITHIN: Duration = Duration::from_secs(10);
/// Without any frame (chapter 8, \[S\]).
const IDLE_LIMIT: Duration = Duration::from_secs(30);
/// For the phone to acknowledge and go.
const LEAVE_WITHIN: Duration = Duration::from_secs(1);

/// A key the lock knows.
pub(super) struct Key {
    pub(super) credential: Credential,
    pub(super) features: u8,
}

/// Where a connection stands (chapter 9).
pub(super) enum Stage {
    Away,
    Idle,
    Identified { phone_nonce: [u8; 4] },
    Challenged { keys: SessionKeys, holder: [u8; 4] },
    Greeted { holder: [u8; 4] },
    Named { holder: [u8; 4] },
    Ready { holder: [u8; 4] },
    Enrolling { phone_nonce: [u8; 4] },
    PinChallenged { keys: Option<SessionKeys>, iv: [u8; 16] },
    PinAccepted { iv: [u8; 16] },
    KeySent { pair: KeyPair, iv: [u8; 16] },
    Stored { credential: Credential },
    EnrolledNamed,
    Enrolled,
    Leaving,
    Closed,
}

/// A lock that speaks dKey.
pub struct SimulatedLock {
    pub(super) config: LockConfig,
    pub(super) keys: Vec<Key>,
    pub(super) code: Option<ActivationCode>,
    pub(super) wrong_codes: u8,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) mechanism: Mechanism,
    pub(super) channel: Channel,
    pub(super) stage: Stage,
    /// Notifications that the phone wants, bit `1 << type`.
    pub(super) mask: u8,
    hung: bool,
    authenticate_by: Uptime,
    idle_by: Uptime,
}

impl SimulatedLock {
    /// A lock that nobody is connected to.
    #[must_use]
    pub fn new(mut config: LockConfig, entropy: Arc<dyn Entropy>) -> Self {
        let credentials = std::mem::take(&mut config.credentials);
        Self {
            keys: credentials.into_iter().map(|credential| Key { credential, features: 0 }).collect(),
            code: config.activation_code.take(),
            wrong_codes: 0,
            mechanism: Mechanism::new(config.locked, config.battery_percent),
            config,
            channel: Channel::new(Side::Lock, entropy.clone()),
            entropy,
            stage: Stage::Away,
            mask: 0,
            hung: false,
            authenticate_by: Uptime::default(),
            idle_by: Uptime::default(),
        }
    }

    /// Makes a key known, in place of one with the same id.
    pub fn add_credential(&mut self, credential: Credential) {
        self.keys.retain(|key| key.credential.key_holder_id != credential.key_holder_id);
        self.keys.push(Key { credential, features: 0 });
    }

    /// The keys it knows, in the order they were added.
    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        self.keys.iter().map(|key| &key.credential)
    }

    /// Disables a key, or enables it again.
    pub fn disable(&mut self, key_holder_id: [u8; 4], disabled: bool) {
        self.set_feature(key_holder_id, feature::KEY_DISABLED, disabled);
    }

    /// Makes a key disable itself by its next unlocking.
    pub fn set_one_time(&mut self, key_holder_id: [u8; 4], one_time: bool) {
        self.set_feature(key_holder_id, feature::ONE_TIME, one_time);
    }

    pub(super) fn set_feature(&mut self, holder: [u8; 4], feature: u8, on: bool) {
        for key in self.keys.iter_mut().filter(|key| key.credential.key_holder_id == holder) {
            key.features = if on { key.features | feature } else { key.features & !feature };
        }
    }

    pub(super) fn key(&self, holder: [u8; 4]) -> Option<&Key> {
        self.keys.iter().find(|key| key.credential.key_holder_id == holder)
    }

    /// Asks the phone to go.
    pub(super) fn ask_to_leave(&mut self, reason: i8, now: Uptime) {
        self.channel.drop_commands();
        self.channel.send(DisconnectRequest(reason).encode());
        self.stage = Stage::Leaving;
        self.idle_by = now + LEAVE_WITHIN;
    }

    /// Answers a command that has no place here.
    pub(super) fn refuse(&mut self, id: u8) {
        let error = match &self.stage {
            _ if !is_phone_command(id) => error::UNKNOWN_COMMAND,
            Stage::Ready { .. } | Stage::Enrolled => error::WRONG_STATE,
            _ => error::NOT_AUTHENTICATED,
        };
        self.channel.ack(id, error);
    }

    fn take(&mut self, frame: &Frame, now: DeviceTime) {
        if frame.id == id::ACK {
            let Some(ack) = Ack::decode(&frame.payload) else { return self.stage = Stage::Closed };
            return self.acknowledged(ack, now);
        }
        match &self.stage {
            Stage::Idle | Stage::Identified { .. } | Stage::Challenged { .. } => self.authenticate(frame),
            Stage::Ready { holder } => {
                let holder = *holder;
                self.operate(holder, frame, now);
            }
            Stage::Enrolling { .. } | Stage::PinChallenged { .. } | Stage::KeySent { .. } => {
                self.associate(frame)
            }
            _ if is_command(frame.id) => self.refuse(frame.id),
            _ => {}
        }
    }

    fn acknowledged(&mut self, ack: Ack, now: DeviceTime) {
        match (&self.stage, ack.id) {
            (Stage::Leaving, id::DISCONNECT) => self.stage = Stage::Closed,
            (Stage::Greeted { .. } | Stage::Named { .. }, id::AUTH_ACCEPTED | id::NAME) => {
                self.authenticate_acknowledged(ack, now.uptime);
            }
            (Stage::Ready { .. } | Stage::Leaving, _) => {}
            _ => self.associate_acknowledged(ack),
        }
    }

    fn is_authenticated(&self) -> bool {
        matches!(self.stage, Stage::Ready { .. } | Stage::Enrolled | Stage::Leaving)
    }
}

impl Device for SimulatedLock {
    fn advertisement(&self) -> Advertisement {
        let name = format!("{:08x}", u32::from_be_bytes(self.config.device_id));
        Advertisement { name, services: vec![SERVICE], ..Advertisement::default() }
    }

    fn services(&self) -> Vec<Service> {
        let characteristic =
            |uuid| Characteristic { uuid, write: true, notify: true, ..Characteristic::default() };
        let characteristics = vec![characteristic(TO_SERVER), characteristic(FROM_SERVER)];
        vec![Service { uuid: SERVICE, characteristics }]
    }

    fn connected(&mut self, _mtu: usize, now: DeviceTime) {
        self.channel = Channel::new(Side::Lock, self.entropy.clone());
        self.stage = Stage::Idle;
        self.mask = 0;
        self.authenticate_by = now.uptime + AUTHENTICATE_WITHIN;
        self.idle_by = now.uptime + IDLE_LIMIT;
    }

    fn subscribed(&mut self, _characteristic: Uuid, _now: DeviceTime) {}

    fn written(&mut self, characteristic: Uuid, value: &[u8], now: DeviceTime) {
        if self.hung || matches!(self.stage, Stage::Away | Stage::Closed) {
            return;
        }
        if !matches!(self.stage, Stage::Leaving) {
            self.idle_by = now.uptime + IDLE_LIMIT;
        }
        match self.channel.receive(Some(characteristic), value) {
            Ok(Some(frame)) => self.take(&frame, now),
            Ok(None) => {}
            Err(ChannelError::Lane(id)) if is_command(id) => self.refuse(id),
            Err(_) => {
                self.channel.drop_all();
                self.stage = Stage::Closed;
            }
        }
    }

    fn disconnected(&mut self, _now: DeviceTime) {
        self.channel = Channel::new(Side::Lock, self.entropy.clone());
        self.stage = Stage::Away;
    }

    fn timed_out(&mut self, now: DeviceTime) {
        if self.poll_timeout().is_none_or(|at| now.uptime < at) {
            return;
        }
        match self.stage {
            Stage::Leaving => self.stage = Stage::Closed,
            _ => self.ask_to_leave(reason::TIMEOUT, now.uptime),
        }
    }

    fn poll_notify(&mut self) -> Option<(Uuid, Vec<u8>)> {
        if self.hung {
            return None;
        }
        let (lane, value, _) = self.channel.poll()?;
        Some((lane, value))
    }

    fn poll_disconnect(&mut self) -> bool {
        let wants = matches!(self.stage, Stage::Closed) && !self.hung && self.channel.is_drained();
        if wants {
            self.stage = Stage::Away;
        }
        wants
    }

    fn poll_timeout(&self) -> Option<Uptime> {
        match self.stage {
            Stage::Away | Stage::Closed => None,
            _ if self.hung => None,
            _ if self.is_authenticated() => Some(self.idle_by),
            _ => Some(self.idle_by.min(self.authenticate_by)),
        }
    }

    fn inject(&mut self, fault: DeviceFault) {
        match fault {
            DeviceFault::Jammed(jammed) => self.mechanism.jammed = jammed,
            DeviceFault::Hang(hung) => self.hung = hung,
            DeviceFault::Reboot => {
                self.channel.drop_all();
                self.stage = match self.stage {
                    Stage::Away => Stage::Away,
                    _ => Stage::Closed,
                };
            }
            DeviceFault::Uncalibrated(_) | DeviceFault::Own(_) | DeviceFault::Mended => {}
            DeviceFault::Battery(percent) => {
                self.mechanism.battery_percent = percent.min(100);
                self.notify(kind::BATTERY);
            }
        }
    }

    fn report(&self) -> DeviceReport {
        DeviceReport {
            state: if self.mechanism.is_locked() { "locked" } else { "unlocked" }.into(),
            battery_percent: Some(self.mechanism.battery_percent),
            movements: self.mechanism.movements.clone(),
        }
    }
}
