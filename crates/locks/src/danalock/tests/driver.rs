//! A lock made of single messages.

use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use zeroize::Zeroizing;

use super::pair::{credential, kari_lock, phone_with, world};
use super::vectors::{LOCK, hex};
use crate::danalock::NOTIFY;
use crate::danalock::afi::Command;
use crate::danalock::frame::Stream;
use crate::danalock::phone::LockSession;
use crate::danalock::reliable::{Heard, Reliable};
use crate::danalock::tls::{Channel, Identity, Server, ServerStep, content};
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;

pub(super) fn at(seconds: u64) -> Uptime {
    Uptime(Duration::from_secs(seconds))
}

/// A phone, and the lock's end of the link without a lock.
pub(super) struct Bench {
    pub(super) phone: LockSession,
    stream: Stream,
    pub(super) link: Reliable,
    pub(super) channel: Option<Box<Channel>>,
    arrived: Vec<Vec<u8>>,
    pub(super) now: Uptime,
}

impl Bench {
    /// The handshake is done, and the phone has asked to be let in.
    pub(super) fn shaken() -> Self {
        let phone = phone_with(credential());
        let link = Reliable::lock(LOCK, world(5));
        let mut bench =
            Self { phone, stream: Stream::default(), link, channel: None, arrived: Vec::new(), now: at(0) };
        let lock = kari_lock();
        let identity = Identity {
            certificate: lock.certificate_der.clone(),
            scalar: lock.scalar.clone(),
            signature: None,
        };
        let mut server = Server::new(identity, content::APPLICATION, world(6));
        bench.phone.connected(23, bench.now);
        while bench.channel.is_none() {
            for record in bench.records() {
                match server.take(&record).unwrap() {
                    ServerStep::Wait => {}
                    ServerStep::Send(records) => bench.send(records),
                    ServerStep::Open(records, channel) => {
                        bench.send(records);
                        bench.channel = Some(channel);
                    }
                }
            }
        }
        let login = [&[1, 1, 1][..], &lock.login_token].concat();
        assert_eq!(bench.heard(), [login]);
        bench
    }

    /// Logged in; the phone has asked for the state.
    pub(super) fn logged_in() -> Self {
        let mut bench = Self::shaken();
        bench.say(&Command::LOGIN.result(0, &[]));
        assert_eq!(bench.heard(), [hex("010405")]);
        bench
    }

    /// Ready.
    pub(super) fn ready() -> Self {
        let mut bench = Self::logged_in();
        bench.say(&hex("02040500030400"));
        assert_eq!(bench.heard(), [hex("010a01")]);
        bench.say(&hex("020a010001010102011e03014a0402ea2e"));
        assert_eq!(bench.heard(), [hex("010202")]);
        bench.say(&Command::INFORMATION.result(0, &hex("03040107010203587900")));
        let clock = bench.heard().remove(0);
        assert_eq!(clock[..3], [1, 3, 1]);
        assert!(bench.events().iter().all(|event| !matches!(event, LockEvent::Ready(_))));
        bench.say(&Command::SET_UTC.result(0, &[]));
        bench
    }

    /// Ready, with the command given out.
    pub(super) fn asked(operation: Operation) -> Self {
        let mut bench = Self::ready();
        bench.events();
        bench.phone.command(LockCommand::Operate(operation), bench.now);
        assert_eq!(bench.heard()[0][..3], [1, 4, 1]);
        bench
    }

    fn send(&mut self, records: Vec<Vec<u8>>) {
        for record in records {
            self.link.send(record, self.now);
        }
    }

    pub(super) fn say(&mut self, message: &[u8]) {
        let record = self.channel.as_mut().unwrap().seal(message).unwrap();
        self.link.send(record, self.now);
        self.carry();
    }

    /// Carries frames until both are silent.
    pub(super) fn carry(&mut self) {
        let mut idle = false;
        while !std::mem::replace(&mut idle, true) {
            while let Some(sent) = self.phone.poll_transmit() {
                idle = false;
                for frame in self.stream.push(&sent.value) {
                    if let Some(Heard::Data(record)) = self.link.received(frame, self.now) {
                        self.arrived.push(record);
                    }
                }
            }
            while let Some((_, value)) = self.link.poll(20) {
                idle = false;
                self.phone.received(NOTIFY, &value, self.now);
            }
        }
    }

    /// The payloads that reached the lock.
    fn records(&mut self) -> Vec<Vec<u8>> {
        self.carry();
        std::mem::take(&mut self.arrived)
    }

    /// What the phone says.
    pub(super) fn heard(&mut self) -> Vec<Vec<u8>> {
        let records = self.records();
        let channel = self.channel.as_mut().unwrap();
        let mut open = |record: &Vec<u8>| -> Zeroizing<Vec<u8>> { channel.open(record).unwrap() };
        records.iter().map(|record| open(record).to_vec()).collect()
    }

    pub(super) fn events(&mut self) -> Vec<LockEvent> {
        std::iter::from_fn(|| self.phone.poll_event()).collect()
    }

    pub(super) fn outcome(&mut self) -> Option<(DoorOutcome, Option<DoorReason>)> {
        self.events().into_iter().find_map(|event| match event {
            LockEvent::Outcome { outcome, reason, .. } => Some((outcome, reason)),
            _ => None,
        })
    }
}
