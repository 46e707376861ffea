//! A phone that knows the secret and says whatever the input tells it to, to a simulated lock.

use terskel_model::Uptime;

use super::{DEVICE, key};
use crate::device::{Device, DeviceFault, DeviceTime};
use crate::dkey::channel::{Channel, Side};
use crate::dkey::crypto::{SessionKeys, iv};
use crate::dkey::device::{LockConfig, SimulatedLock};
use crate::dkey::frame::Frame;
use crate::dkey::message::{Identification, Version, auth_reply, get_identification, id};
use crate::dkey::{ActivationCode, FROM_SERVER, TO_SERVER};
use crate::fuzzing::{Input, room};

const NONCE: [u8; 4] = [9, 8, 7, 6];

struct Phone {
    lock: SimulatedLock,
    channel: Channel,
    heard: Vec<Frame>,
    now: Uptime,
    /// Frames to unlock or lock that were said.
    commands: usize,
}

impl Phone {
    fn new() -> Self {
        let config = LockConfig {
            device_id: DEVICE,
            credentials: vec![key()],
            activation_code: ActivationCode::parse("GBZT-HXC0").ok(),
            ..LockConfig::default()
        };
        let now = Uptime::default();
        let mut lock = SimulatedLock::new(config, room::world(2));
        lock.connected(23, DeviceTime { uptime: now, wall: room::wall(now) });
        Self { lock, channel: Channel::new(Side::Phone, room::world(5)), heard: Vec::new(), now, commands: 0 }
    }

    fn time(&self) -> DeviceTime {
        DeviceTime { uptime: self.now, wall: room::wall(self.now) }
    }

    fn say(&mut self, frame: Frame) {
        self.commands += usize::from(matches!(frame.id, id::UNLOCK | id::CHANGE_MODE));
        self.channel.send(frame);
        self.carry();
    }

    fn carry(&mut self) {
        for _ in 0..200 {
            if let Some((lane, value, _)) = self.channel.poll() {
                self.lock.written(lane, &value, self.time());
            } else if !self.listen() {
                return;
            }
        }
    }

    fn listen(&mut self) -> bool {
        let Some((lane, value)) = self.lock.poll_notify() else { return false };
        if let Ok(Some(frame)) = self.channel.receive(Some(lane), &value) {
            if crate::dkey::message::is_command(frame.id) && frame.id != id::GET_IDENTIFICATION {
                self.channel.ack(frame.id, 0);
            }
            self.heard.push(frame);
        }
        true
    }

    /// Proves that it has the secret.
    fn authenticate(&mut self) {
        self.say(get_identification(NONCE));
        let me = Identification {
            protocol: 27,
            software: Version([1, 2, 6]),
            holder: key().key_holder_id,
            device_type: 4,
        };
        self.say(me.encode());
        let challenge = self.heard.iter().find(|frame| frame.id == id::AUTH_CHALLENGE);
        let Some(nonce) = challenge.and_then(|frame| <[u8; 16]>::try_from(frame.payload.as_slice()).ok())
        else {
            return;
        };
        let keys = SessionKeys::of_secret(&key().secret, iv(NONCE, &nonce));
        self.channel.send(auth_reply(keys.reply()));
        while let Some((lane, value, _)) = self.channel.poll() {
            self.lock.written(lane, &value, self.time());
        }
        self.channel.secure(keys.phone());
        self.carry();
    }
}

/// A simulated lock that hears anything: its bolt moves for whoever has proved that they have the secret, and as often
/// as they say.
pub fn dkey_device(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut phone = Phone::new();
    let known = input.byte().is_some_and(|start| start % 4 != 0);
    if known {
        phone.authenticate();
    }
    while let Some(step) = input.byte() {
        match step % 8 {
            0..=3 => {
                if let Some([id, payload @ ..]) = input.chunk() {
                    let payload = payload.get(..payload.len().min(110)).unwrap_or_default();
                    phone.say(Frame::new(id & 0x7f, payload));
                    phone.channel.answered(id & 0x7f);
                    phone.carry();
                }
            }
            4 if !known => {
                let lane = if step & 8 == 0 { TO_SERVER } else { FROM_SERVER };
                let value = input.chunk().unwrap_or_default();
                phone.lock.written(lane, value, phone.time());
                phone.carry();
            }
            5 => {
                phone.now = phone.lock.poll_timeout().unwrap_or(phone.now).max(phone.now);
                phone.lock.timed_out(phone.time());
                phone.carry();
            }
            6 => {
                phone.lock.inject(DeviceFault::Jammed(step & 8 != 0));
                phone.lock.inject(DeviceFault::Battery(step));
                phone.carry();
            }
            _ => {
                let _ = phone.lock.poll_disconnect();
            }
        }
        let report = phone.lock.report();
        let moved = report.movements.iter().filter(|movement| movement.what != "jammed").count();
        assert!(moved <= phone.commands, "moved more often than it was told to");
        assert!(known || moved == 0, "moved for somebody that it does not know");
        assert!(phone.lock.credentials().count() <= 2, "more keys than codes");
    }
}
