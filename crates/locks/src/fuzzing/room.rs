//! A phone and a device in one room, and an air that does what the input says.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::world::ManualWorld;
use terskel_model::{Timestamp, Uptime};
use uuid::Uuid;

use super::Input;
use crate::device::{Device, DeviceFault, DeviceTime};
use crate::family::Visitor;
use crate::session::Session;

/// More steps than any input needs to say something new.
const STEPS: usize = 400;
/// Both sides have said all that they have to say long before so many packets.
const TALK: usize = 20_000;

/// A day in 2026: certificates and badges are good.
const TODAY: i64 = 1_780_000_000;

type Packet = (Uuid, Vec<u8>);

/// The room.
pub(crate) struct Room<S: Session> {
    pub(crate) phone: S,
    pub(crate) device: Box<dyn Device>,
    pub(crate) now: Uptime,
    pub(crate) events: Vec<S::Event>,
    /// Something was delivered that neither side has sent, or that was changed on its way.
    pub(crate) forged: bool,
    connected: bool,
    /// XORed into the next packet, at that place.
    change: Option<(u8, u8)>,
    last: [Option<Packet>; 2],
}

/// Repeatable randomness.
pub(crate) fn world(seed: u64) -> Arc<ManualWorld> {
    Arc::new(ManualWorld::new(wall(Uptime::default()), seed))
}

/// The time of day at an uptime.
pub(crate) fn wall(now: Uptime) -> Timestamp {
    Timestamp::from_timestamp(TODAY, 0).unwrap_or_default() + (now - Uptime::default())
}

pub(crate) fn visitor() -> Visitor {
    Visitor { entropy: world(1), clocks: (wall(Uptime::default()), Uptime::default()), name: "Ada".into() }
}

impl<S: Session> Room<S> {
    /// Connected, and nothing said yet.
    pub(crate) fn new(phone: S, device: Box<dyn Device>, mtu: usize) -> Self {
        let now = Uptime(Duration::from_secs(1000));
        let mut room = Self {
            phone,
            device,
            now,
            events: Vec::new(),
            forged: false,
            connected: true,
            change: None,
            last: [None, None],
        };
        let time = room.time();
        room.device.connected(mtu, time);
        for characteristic in room.phone.profile().notify {
            room.device.subscribed(characteristic, time);
        }
        room.phone.connected(mtu, now);
        room
    }

    fn time(&self) -> DeviceTime {
        DeviceTime { uptime: self.now, wall: wall(self.now) }
    }

    /// Lets the input say what happens, then loses the link and lets the device come to rest.
    pub(crate) fn play(&mut self, input: &mut Input<'_>, ask: impl Fn(u8) -> S::Command) {
        for _ in 0..STEPS {
            let Some(step) = input.byte() else { break };
            self.step(step, input, &ask);
            self.listen();
        }
        self.cut();
        for _ in 0..100 {
            let Some(at) = self.device.poll_timeout() else { break };
            self.now = self.now.max(at);
            self.device.timed_out(self.time());
        }
    }

    fn step(&mut self, step: u8, input: &mut Input<'_>, ask: &impl Fn(u8) -> S::Command) {
        match step % 16 {
            0 => {
                self.carry_to_device(1);
            }
            1 => {
                self.carry_to_phone(1);
            }
            2 => self.settle(),
            3 => self.noise_to_phone(input),
            4 => self.noise_to_device(input),
            5 => self.change = input.byte().zip(input.byte()),
            6 => {
                self.carry_to_device(0);
            }
            7 => {
                self.carry_to_phone(0);
            }
            8 => {
                self.carry_to_device(2);
            }
            9 => {
                self.carry_to_phone(2);
            }
            10 => self.again(input.byte().unwrap_or_default()),
            11 => self.wait(),
            12 => self.pass(Duration::from_millis(u64::from(input.byte().unwrap_or_default()) * 100)),
            13 => {
                let command = ask(input.byte().unwrap_or_default());
                self.phone.command(command, self.now);
            }
            14 => self.fault(input.byte().unwrap_or_default()),
            _ => self.cut(),
        }
    }

    /// Carries until both are silent.
    fn settle(&mut self) {
        for _ in 0..TALK {
            self.listen();
            if !(self.carry_to_device(1) || self.carry_to_phone(1)) {
                let over = self.connected && (self.phone.is_over() || self.device.poll_disconnect());
                if over {
                    self.cut();
                }
                return;
            }
        }
        assert_eq!(self.events.len(), usize::MAX, "they never stop talking");
    }

    fn carry_to_device(&mut self, times: usize) -> bool {
        let Some(sent) = self.phone.poll_transmit() else { return false };
        assert!(self.connected, "a phone sends after the link is gone");
        let packet = self.on_its_way((sent.characteristic, sent.value));
        for _ in 0..times {
            self.device.written(packet.0, &packet.1, self.time());
        }
        self.last[0] = Some(packet);
        true
    }

    fn carry_to_phone(&mut self, times: usize) -> bool {
        let Some(packet) = self.device.poll_notify() else { return false };
        if self.connected {
            let packet = self.on_its_way(packet);
            for _ in 0..times {
                self.phone.received(packet.0, &packet.1, self.now);
            }
            self.last[1] = Some(packet);
        }
        true
    }

    fn on_its_way(&mut self, mut packet: Packet) -> Packet {
        if let Some((at, change)) = self.change.take() {
            let length = packet.1.len();
            if let Some(byte) = packet.1.get_mut(usize::from(at) % length.max(1)) {
                *byte ^= change;
                self.forged |= change != 0;
            }
        }
        packet
    }

    fn noise_to_phone(&mut self, input: &mut Input<'_>) {
        let lanes = self.phone.profile().notify;
        let lane = usize::from(input.byte().unwrap_or_default());
        let value = input.chunk().unwrap_or_default();
        if let Some(lane) = lanes.get(lane % lanes.len().max(1)).filter(|_| self.connected) {
            self.forged = true;
            self.phone.received(*lane, value, self.now);
        }
    }

    fn noise_to_device(&mut self, input: &mut Input<'_>) {
        let services = self.device.services();
        let lanes: Vec<_> = services.iter().flat_map(|service| &service.characteristics).collect();
        let lane = usize::from(input.byte().unwrap_or_default());
        let value = input.chunk().unwrap_or_default();
        if let Some(lane) = lanes.get(lane % lanes.len().max(1)).filter(|_| self.connected) {
            self.forged = true;
            self.device.written(lane.uuid, value, self.time());
        }
    }

    /// Plays the last packet of one direction again.
    fn again(&mut self, direction: u8) {
        let Some((lane, value)) = self.last[usize::from(direction & 1)].clone().filter(|_| self.connected)
        else {
            return;
        };
        if direction & 1 == 0 {
            self.device.written(lane, &value, self.time());
        } else {
            self.phone.received(lane, &value, self.now);
        }
    }

    /// Until somebody's next timeout.
    fn wait(&mut self) {
        let phone = self.phone.poll_timeout().map(|(at, _)| at);
        if let Some(at) = phone.into_iter().chain(self.device.poll_timeout()).min() {
            self.pass(at - self.now);
        }
    }

    fn pass(&mut self, span: Duration) {
        self.now = self.now + span;
        self.phone.timed_out(self.now);
        self.device.timed_out(self.time());
    }

    fn fault(&mut self, which: u8) {
        self.device.inject(match which % 8 {
            0 => DeviceFault::Jammed(true),
            1 => DeviceFault::Jammed(false),
            2 => DeviceFault::Hang(true),
            3 => DeviceFault::Hang(false),
            4 => DeviceFault::Reboot,
            5 => DeviceFault::Uncalibrated(true),
            6 => DeviceFault::Uncalibrated(false),
            _ => DeviceFault::Battery(which / 2),
        });
    }

    fn cut(&mut self) {
        if std::mem::take(&mut self.connected) {
            self.device.disconnected(self.time());
            self.phone.disconnected(self.now);
        }
        self.listen();
        assert!(self.phone.poll_transmit().is_none(), "something to send after the link is gone");
        assert!(self.phone.poll_timeout().is_none(), "something to wait for after the link is gone");
        assert!(self.phone.is_over());
    }

    fn listen(&mut self) {
        self.events.extend(std::iter::from_fn(|| self.phone.poll_event()));
    }
}
