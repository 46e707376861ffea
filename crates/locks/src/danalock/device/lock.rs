//! The machine: connections, timers, and what is sent to everybody.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::{Entropy, Timestamp, Uptime};
use uuid::Uuid;

use super::LockConfig;
use super::faults::Faults;
use super::mechanism::Mechanism;
use crate::danalock::afi::{Command, Settings};
use crate::danalock::broadcast::{Broadcast, device_flag, lock_flag};
use crate::danalock::frame::Stream;
use crate::danalock::reliable::Reliable;
use crate::danalock::tls::{Channel, Server};
use crate::danalock::{COMPANY, NOTIFY, SERVICE, VALUE, WRITE};
use crate::device::{Advertisement, Characteristic, Device, DeviceFault, DeviceReport, DeviceTime, Service};

/// Without any frame (5.5 \[O\]).
const IDLE_LIMIT: Duration = Duration::from_secs(10);

/// Where a connection stands.
pub(super) enum Stage {
    /// Nobody is connected.
    Away,
    /// Connected, without a session.
    Idle,
    Handshake(Box<Server>),
    /// The token that has logged in, by its place.
    Open {
        channel: Box<Channel>,
        token: Option<usize>,
    },
    /// The lock has ended the session, and waits for the phone to agree.
    Leaving,
    /// The connection is to end.
    Gone,
}

/// A lock that speaks the protocol of Danalock V3.
pub struct SimulatedLock {
    pub(super) config: LockConfig,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) mechanism: Mechanism,
    pub(super) settings: Settings,
    pub(super) faults: Faults,
    stream: Stream,
    pub(super) link: Reliable,
    pub(super) stage: Stage,
    /// The request that is answered when the motor has run.
    pub(super) waiting: Option<Command>,
    /// What a phone has set the clock to, and what the wall clock showed then.
    pub(super) clock: Option<(Timestamp, Timestamp)>,
    counter: u16,
    hung: bool,
    idle_by: Uptime,
    /// In place of its own signature.
    #[cfg(test)]
    pub(crate) signature: Option<Vec<u8>>,
}

impl SimulatedLock {
    /// A lock that nobody is connected to.
    #[must_use]
    pub fn new(config: LockConfig, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            mechanism: Mechanism::new(config.locked, config.battery_percent),
            settings: Settings {
                motor_speed: Some(5),
                auto_lock: Some(0),
                brake_and_go_back: Some(0),
                end_to_end: Some(0),
            },
            faults: Faults::default(),
            stream: Stream::default(),
            link: Reliable::lock(config.serial, entropy.clone()),
            stage: Stage::Away,
            waiting: None,
            clock: None,
            counter: 1,
            hung: false,
            idle_by: Uptime::default(),
            #[cfg(test)]
            signature: None,
            config,
            entropy,
        }
    }

    /// What its own clock shows.
    pub(super) fn time(&self, now: DeviceTime) -> Timestamp {
        self.clock.map_or(now.wall, |(set, then)| set + (now.wall - then))
    }

    /// Something that it sends to everybody is different now.
    pub(super) fn changed(&mut self) {
        self.counter = self.counter.wrapping_add(1);
    }

    fn forget_connection(&mut self) {
        let manners = *self.link.manners();
        self.link = Reliable::lock(self.config.serial, self.entropy.clone());
        *self.link.manners() = manners;
        self.stream = Stream::default();
        self.waiting = None;
    }

    fn broadcast(&self) -> Broadcast {
        let flags = [
            (self.mechanism.locked, lock_flag::LOCKED),
            (self.mechanism.calibrated, lock_flag::AUTO_CALIBRATED),
            (self.mechanism.blocked, lock_flag::BLOCKED),
        ];
        Broadcast {
            counter: self.counter,
            device_flags: device_flag::UTC_RELIABLE
                | device_flag::LOCAL_TIME_RELIABLE
                | device_flag::BATTERY_POWERED,
            battery: self.mechanism.battery_percent,
            lock_flags: flags.into_iter().filter(|(is, _)| *is).fold(0, |all, (_, flag)| all | flag),
        }
    }

    fn is_connected(&self) -> bool {
        !matches!(self.stage, Stage::Away | Stage::Gone)
    }

    /// When the phone has been silent for too long. A motor that runs is not silence.
    fn idle_at(&self) -> Option<Uptime> {
        let waits = self.is_connected() && !matches!(self.stage, Stage::Leaving);
        (waits && self.mechanism.run.is_none()).then_some(self.idle_by)
    }
}

impl Device for SimulatedLock {
    /// The state fills it: no room for a name or services.
    fn advertisement(&self) -> Advertisement {
        let data = self.broadcast().encode(self.config.serial, &self.config.broadcast_key);
        Advertisement { manufacturer: Some((COMPANY, data)), ..Advertisement::default() }
    }

    fn services(&self) -> Vec<Service> {
        let write =
            Characteristic { uuid: WRITE, write: true, write_without_response: true, ..Default::default() };
        let notify = Characteristic { uuid: NOTIFY, notify: true, ..Default::default() };
        vec![Service { uuid: SERVICE, characteristics: vec![write, notify] }]
    }

    fn connected(&mut self, _mtu: usize, now: DeviceTime) {
        self.forget_connection();
        self.stage = Stage::Idle;
        self.idle_by = now.uptime + IDLE_LIMIT;
    }

    fn subscribed(&mut self, _characteristic: Uuid, _now: DeviceTime) {}

    fn written(&mut self, characteristic: Uuid, value: &[u8], now: DeviceTime) {
        if self.hung || characteristic != WRITE || !self.is_connected() {
            return;
        }
        for frame in self.stream.push(value) {
            self.idle_by = now.uptime + IDLE_LIMIT;
            if let Some(heard) = self.link.received(frame, now.uptime) {
                self.hear(heard, now);
            }
        }
    }

    fn disconnected(&mut self, _now: DeviceTime) {
        self.forget_connection();
        self.stage = Stage::Away;
    }

    fn timed_out(&mut self, now: DeviceTime) {
        if self.hung {
            return;
        }
        if self.mechanism.run.is_some() {
            self.run_motor(now);
            self.idle_by = now.uptime + IDLE_LIMIT;
        }
        if let Some(heard) = self.link.timed_out(now.uptime) {
            self.hear(heard, now);
        }
        if self.idle_at().is_some_and(|at| at <= now.uptime) {
            self.leave(now.uptime);
        }
    }

    fn poll_notify(&mut self) -> Option<(Uuid, Vec<u8>)> {
        if self.hung {
            return None;
        }
        self.link.poll(VALUE).map(|(_, value)| (NOTIFY, value))
    }

    fn poll_disconnect(&mut self) -> bool {
        let wants = matches!(self.stage, Stage::Gone) && !self.hung && self.link.is_drained();
        if wants {
            self.stage = Stage::Away;
        }
        wants
    }

    fn poll_timeout(&self) -> Option<Uptime> {
        if self.hung {
            return None;
        }
        let motor = self.mechanism.run.as_ref().map(|run| run.done_at);
        motor.into_iter().chain(self.link.poll_timeout()).chain(self.idle_at()).min()
    }

    fn inject(&mut self, fault: DeviceFault) {
        match fault {
            DeviceFault::Jammed(jammed) => {
                self.mechanism.jammed = jammed;
                self.mechanism.blocked &= jammed;
            }
            DeviceFault::Battery(percent) => self.mechanism.battery_percent = percent.min(100),
            DeviceFault::Uncalibrated(lost) => self.mechanism.calibrated = !lost,
            DeviceFault::Hang(hung) => return self.hung = hung,
            DeviceFault::Reboot => {
                self.forget_connection();
                self.mechanism.run = None;
                self.stage = if matches!(self.stage, Stage::Away) { Stage::Away } else { Stage::Gone };
            }
            DeviceFault::Own(name) => return self.break_own(&name),
            DeviceFault::Mended => return self.mend_own(),
        }
        self.changed();
    }

    fn report(&self) -> DeviceReport {
        DeviceReport {
            state: if self.mechanism.locked { "locked" } else { "unlocked" }.into(),
            battery_percent: Some(self.mechanism.battery_percent),
            movements: self.mechanism.movements.clone(),
        }
    }
}
