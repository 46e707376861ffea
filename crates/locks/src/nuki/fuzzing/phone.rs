//! A phone that knows the key and says whatever the input tells it to, to a simulated lock.

use std::time::Duration;

use terskel_model::Uptime;

use super::{PIN, credential, key, message, sealed};
use crate::device::{Device, DeviceFault, DeviceTime};
use crate::fuzzing::{Input, room};
use crate::nuki::device::{Known, LockConfig, SimulatedLock};
use crate::nuki::frame::{Message, encode_plain, open};
use crate::nuki::message::{Proof, RequestData, id};
use crate::nuki::{GENERAL, Generation, PAIRING, USER};

struct Phone {
    lock: SimulatedLock,
    now: Uptime,
    number: u32,
    challenge: [u8; 32],
    /// Actions that were said.
    actions: usize,
}

impl Phone {
    fn time(&self) -> DeviceTime {
        DeviceTime { uptime: self.now, wall: room::wall(self.now) }
    }

    fn say(&mut self, message: &Message) {
        let is_action = matches!(message.command, id::LOCK_ACTION | id::SIMPLE_LOCK_ACTION);
        self.actions += usize::from(is_action);
        self.number += 1;
        self.lock.written(USER, &sealed(message, self.number), self.time());
        self.hear();
    }

    fn hear(&mut self) {
        let mut values = 0;
        while let Some((_, value)) = self.lock.poll_notify() {
            values += 1;
            let message = open(&key(), &value).map(|opened| opened.message);
            if let Ok(message) = message
                && message.command == id::CHALLENGE
            {
                self.challenge = crate::nuki::message::fixed(&message.payload).unwrap_or_default();
            }
        }
        // All authorizations there is room for, and all of the log that is kept.
        assert!(values <= 1000, "too much for one answer");
    }
}

/// A simulated lock that hears anything, in pairing mode too: its bolt moves for whoever has the key, and as often as
/// they say.
pub fn nuki_device(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let start = input.byte().unwrap_or_default();
    let known = Known { credential: credential(None, false), name: "Phone".into() };
    let config = LockConfig {
        authorizations: vec![known],
        pairing: start & 1 != 0,
        pin: (start & 2 == 0).then_some(PIN),
        ..LockConfig::default()
    };
    let now = Uptime(Duration::from_secs(1000));
    let lock = SimulatedLock::new(config, room::world(2));
    let mut phone = Phone { lock, now, number: 0, challenge: [0; 32], actions: 0 };
    phone.lock.connected(517, phone.time());
    for lane in [GENERAL, USER, PAIRING] {
        phone.lock.subscribed(lane, phone.time());
    }
    while let Some(step) = input.byte() {
        match step % 8 {
            0 => phone.say(&message(input.chunk().unwrap_or_default())),
            1..=3 => {
                phone.say(&RequestData(id::CHALLENGE).encode());
                let proof = Proof { challenge: phone.challenge, pin: (step & 8 != 0).then_some(PIN) };
                let message = message(input.chunk().unwrap_or_default());
                phone.say(&proof.complete(Generation::Classic, message));
            }
            4 => {
                let lane = [USER, GENERAL, PAIRING][usize::from(step / 8) % 3];
                phone.lock.written(lane, input.chunk().unwrap_or_default(), phone.time());
                phone.hear();
            }
            5 => {
                let value = encode_plain(&message(input.chunk().unwrap_or_default()));
                phone.lock.written(PAIRING, &value, phone.time());
                phone.hear();
            }
            6 => {
                phone.now = phone.lock.poll_timeout().unwrap_or(phone.now).max(phone.now);
                phone.lock.timed_out(phone.time());
                phone.hear();
            }
            _ => {
                phone.lock.inject(DeviceFault::Jammed(step & 8 != 0));
                phone.lock.inject(DeviceFault::Battery(step));
            }
        }
        let report = phone.lock.report();
        let moved = report.movements.iter().filter(|movement| movement.what != "jammed").count();
        // Lock 'n' go opens, and locks by itself later.
        assert!(moved <= 2 * phone.actions, "moved more often than it was told to");
    }
}
