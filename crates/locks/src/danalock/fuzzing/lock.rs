//! A lock that has its certificate and says whatever the input tells it to, to a real phone.

use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::door::Operation;

use super::{SERIAL, credential, identity};
use crate::danalock::afi::{Command, Message};
use crate::danalock::frame::Stream;
use crate::danalock::phone::LockSession;
use crate::danalock::reliable::{Heard, Reliable};
use crate::danalock::tls::{Channel, Server, ServerStep};
use crate::danalock::{NOTIFY, VALUE};
use crate::fuzzing::{Input, judge, room};
use crate::lock::LockCommand;
use crate::session::Session;

enum Talk {
    Handshake(Box<Server>),
    Open(Box<Channel>),
    Over,
}

struct Lock {
    phone: LockSession,
    link: Reliable,
    stream: Stream,
    talk: Talk,
    now: Uptime,
    /// Requests to operate that have come.
    operations: usize,
    /// The last request, to be answered.
    asked: Option<Command>,
}

impl Lock {
    fn hear(&mut self, heard: Heard) {
        let Heard::Data(record) = heard else { return };
        match std::mem::replace(&mut self.talk, Talk::Over) {
            Talk::Handshake(mut server) => match server.take(&record) {
                Ok(step) => {
                    let (records, channel) = match step {
                        ServerStep::Wait => (Vec::new(), None),
                        ServerStep::Send(records) => (records, None),
                        ServerStep::Open(records, channel) => (records, Some(channel)),
                    };
                    self.talk = channel.map_or(Talk::Handshake(server), Talk::Open);
                    for record in records {
                        self.link.send(record, self.now);
                    }
                }
                Err(_) => self.talk = Talk::Over,
            },
            Talk::Open(mut channel) => {
                if let Ok(plain) = channel.open(&record)
                    && let Some(Message::Request { command, .. }) = Message::decode(&plain)
                {
                    self.operations += usize::from(command == Command::OPERATE);
                    self.asked = Some(command);
                }
                self.talk = Talk::Open(channel);
            }
            Talk::Over => {}
        }
    }

    /// Carries until both are silent.
    fn settle(&mut self) {
        for _ in 0..5_000 {
            if let Some(sent) = self.phone.poll_transmit() {
                for frame in self.stream.push(&sent.value) {
                    if let Some(heard) = self.link.received(frame, self.now) {
                        self.hear(heard);
                    }
                }
            } else if let Some((_, value)) = self.link.poll(VALUE) {
                self.phone.received(NOTIFY, &value, self.now);
            } else {
                return;
            }
        }
        assert_eq!(self.operations, usize::MAX, "they never stop talking");
    }

    fn say(&mut self, plain: &[u8]) {
        if let Talk::Open(channel) = &mut self.talk
            && let Ok(record) = channel.seal(plain)
        {
            self.link.send(record, self.now);
        }
        self.settle();
    }

    fn answer(&mut self, status: u8, payload: &[u8]) {
        if let Some(command) = self.asked.take() {
            self.say(&command.result(status, payload));
        }
    }
}

/// A session with a lock that says anything, from its first frame on or after a true handshake.
pub fn danalock_session(bytes: &[u8]) {
    let (Some(credential), Some(identity)) = (credential(), identity()) else { return };
    let mut input = Input::new(bytes);
    let open = input.byte().is_some_and(|start| start % 4 != 0);
    let now = Uptime(Duration::from_secs(1000));
    let server = Box::new(Server::new(identity, 0x17, room::world(3)));
    let mut lock = Lock {
        phone: LockSession::new(SERIAL, credential, room::visitor()),
        link: Reliable::lock(SERIAL, room::world(2)),
        stream: Stream::default(),
        talk: Talk::Handshake(server),
        now,
        operations: 0,
        asked: None,
    };
    lock.phone.connected(23, now);
    if open {
        lock.settle();
    }
    let mut operations = 0;
    while let Some(step) = input.byte() {
        match step % 8 {
            0 => lock.say(input.chunk().unwrap_or_default()),
            1 => {
                let status = if step & 0x80 == 0 { 0 } else { step & 0x7f };
                lock.answer(status, input.chunk().unwrap_or_default());
            }
            2 => lock.answer(0, &[2 + (step >> 3 & 1), 4, 0]),
            3 => lock.say(&[3, 4, 1, step >> 3 & 3, step >> 5, step >> 7]),
            4 => {
                let value = input.chunk().unwrap_or_default();
                lock.phone.received(NOTIFY, value, lock.now);
                lock.settle();
            }
            5 => {
                let due = lock.phone.poll_timeout().map(|(at, _)| at).into_iter();
                lock.now = due.chain(lock.link.poll_timeout()).min().unwrap_or(lock.now).max(lock.now);
                lock.phone.timed_out(lock.now);
                if let Some(heard) = lock.link.timed_out(lock.now) {
                    lock.hear(heard);
                }
                lock.settle();
            }
            6 => {
                let operation = if step & 8 == 0 { Operation::Open } else { Operation::Lock };
                operations += 1;
                lock.phone.command(LockCommand::Operate(operation), lock.now);
                lock.settle();
            }
            _ if step & 0x80 != 0 => {
                lock.link.send(input.chunk().unwrap_or_default().to_vec(), lock.now);
                lock.settle();
            }
            _ => {
                lock.link.close(lock.now);
                lock.settle();
            }
        }
        assert!(lock.operations <= operations, "more than one command for an operation");
    }
    lock.phone.disconnected(lock.now);
    assert!(lock.phone.poll_transmit().is_none() && lock.phone.poll_timeout().is_none());
    let events: Vec<_> = std::iter::from_fn(|| lock.phone.poll_event()).collect();
    judge(&events, operations);
}
