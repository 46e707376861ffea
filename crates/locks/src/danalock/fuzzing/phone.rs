//! A phone that has a token and says whatever the input tells it to, to a simulated lock.

use std::time::Duration;

use terskel_model::Uptime;

use super::{SERIAL, config, credential, expected};
use crate::danalock::afi::{Command, Login};
use crate::danalock::device::SimulatedLock;
use crate::danalock::frame::Stream;
use crate::danalock::reliable::{Heard, Reliable};
use crate::danalock::tls::{Channel, Client, ClientStep};
use crate::danalock::{VALUE, WRITE};
use crate::device::{Device, DeviceFault, DeviceTime};
use crate::fuzzing::{Input, room};

enum Talk {
    Nothing,
    Handshake(Box<Client>),
    Open(Box<Channel>),
}

struct Phone {
    lock: SimulatedLock,
    link: Reliable,
    stream: Stream,
    talk: Talk,
    now: Uptime,
    /// Requests that were said.
    said: usize,
}

impl Phone {
    fn time(&self) -> DeviceTime {
        DeviceTime { uptime: self.now, wall: room::wall(self.now) }
    }

    fn hear(&mut self, heard: Heard) {
        match (heard, std::mem::replace(&mut self.talk, Talk::Nothing)) {
            (Heard::Opened, _) => {
                let Some(expected) = expected(room::wall(self.now)) else { return };
                let (client, record) = Client::start(expected, room::world(4));
                self.link.send(record, self.now);
                self.talk = Talk::Handshake(Box::new(client));
            }
            (Heard::Data(record), Talk::Handshake(mut client)) => match client.take(&record) {
                Ok(ClientStep::Wait) => self.talk = Talk::Handshake(client),
                Ok(ClientStep::Send(records)) => {
                    for record in records {
                        self.link.send(record, self.now);
                    }
                    self.talk = Talk::Handshake(client);
                }
                Ok(ClientStep::Open { channel, .. }) => self.talk = Talk::Open(channel),
                Err(_) => {}
            },
            (Heard::Data(record), Talk::Open(mut channel)) => {
                let _ = channel.open(&record);
                self.talk = Talk::Open(channel);
            }
            (_, talk) => self.talk = talk,
        }
    }

    fn settle(&mut self) {
        for _ in 0..5_000 {
            if let Some((_, value)) = self.link.poll(VALUE) {
                self.lock.written(WRITE, &value, self.time());
            } else if let Some((_, value)) = self.lock.poll_notify() {
                for frame in self.stream.push(&value) {
                    if let Some(heard) = self.link.received(frame, self.now) {
                        self.hear(heard);
                    }
                }
            } else {
                return;
            }
        }
        assert_eq!(self.said, usize::MAX, "they never stop talking");
    }

    fn say(&mut self, plain: &[u8]) {
        if let Talk::Open(channel) = &mut self.talk
            && let Ok(record) = channel.seal(plain)
        {
            self.said += 1;
            self.link.send(record, self.now);
        }
        self.settle();
    }
}

/// A simulated lock that hears anything: its bolt moves for whoever has logged in, and as often as they say.
pub fn danalock_device(bytes: &[u8]) {
    let (Some(config), Some(credential)) = (config(), credential()) else { return };
    let mut input = Input::new(bytes);
    let start = input.byte().unwrap_or_default();
    let now = Uptime(Duration::from_secs(1000));
    let mut phone = Phone {
        lock: SimulatedLock::new(config, room::world(2)),
        link: Reliable::phone(SERIAL, room::world(1)),
        stream: Stream::default(),
        talk: Talk::Nothing,
        now,
        said: 0,
    };
    phone.lock.connected(23, phone.time());
    if start % 4 >= 1 {
        phone.link.open(now);
        phone.settle();
    }
    let known = start % 4 >= 2;
    if known {
        phone.say(&Login::encode(&credential.login_token));
    }
    while let Some(step) = input.byte() {
        match step % 8 {
            0 | 1 => phone.say(input.chunk().unwrap_or_default()),
            2 => phone.say(&Command::OPERATE.request(&[2 + (step >> 3 & 1)])),
            3 => {
                phone.lock.written(WRITE, input.chunk().unwrap_or_default(), phone.time());
                phone.settle();
            }
            4 if !start.is_multiple_of(4) => {
                let record = input.chunk().unwrap_or_default().to_vec();
                phone.link.send(record, phone.now);
                phone.settle();
            }
            5 => {
                let due = phone.lock.poll_timeout().into_iter().chain(phone.link.poll_timeout());
                phone.now = due.min().unwrap_or(phone.now).max(phone.now);
                phone.lock.timed_out(phone.time());
                if let Some(heard) = phone.link.timed_out(phone.now) {
                    phone.hear(heard);
                }
                phone.settle();
            }
            6 => {
                phone.lock.inject(DeviceFault::Jammed(step & 8 != 0));
                phone.lock.inject(DeviceFault::Battery(step));
            }
            _ => {
                phone.link.open(phone.now);
                phone.settle();
            }
        }
        let report = phone.lock.report();
        let moved = report.movements.iter().filter(|movement| movement.what != "jammed").count();
        assert!(moved <= phone.said, "moved more often than it was told to");
        assert!(known || moved == 0, "moved for somebody who has no token");
    }
}
