//! A lock that knows the secret and says whatever the input tells it to, to real phones.

use terskel_model::Uptime;
use terskel_model::door::Operation;

use super::{DEVICE, key};
use crate::dkey::channel::{Channel, Side};
use crate::dkey::crypto::{SessionKeys, iv};
use crate::dkey::frame::Frame;
use crate::dkey::message::{
    AssociationParameters, Identification, LockName, Version, auth_challenge, check, handshake, id,
    pin_challenge,
};
use crate::dkey::phone::{AssociationCommand, AssociationSession, LockSession};
use crate::dkey::{ActivationCode, FROM_SERVER};
use crate::fuzzing::{Input, judge, room};
use crate::lock::LockCommand;
use crate::session::Session;

struct Lock<S: Session> {
    phone: S,
    channel: Channel,
    /// All that the phone has said, put together.
    heard: Vec<Frame>,
    now: Uptime,
}

impl<S: Session> Lock<S> {
    fn new(mut phone: S) -> Self {
        phone.connected(23, Uptime::default());
        let channel = Channel::new(Side::Lock, room::world(5));
        let mut lock = Self { phone, channel, heard: Vec::new(), now: Uptime::default() };
        lock.hear();
        lock
    }

    fn say(&mut self, frame: Frame) {
        self.channel.send(frame);
        for _ in 0..100 {
            let Some((_, value, _)) = self.channel.poll() else { break };
            self.phone.received(FROM_SERVER, &value, self.now);
            self.hear();
        }
    }

    fn hear(&mut self) {
        let mut values = 0;
        while let Some(sent) = self.phone.poll_transmit() {
            values += 1;
            assert!(values <= 32, "too much for one answer");
            let heard = self.channel.receive(Some(sent.characteristic), &sent.value);
            self.heard.extend(heard.ok().flatten());
        }
    }

    fn count(&self, id: u8) -> usize {
        self.heard.iter().filter(|frame| frame.id == id).count()
    }

    /// Identifies itself; the phone's nonce.
    fn identify(&mut self) -> [u8; 4] {
        let nonce = self.heard.first().and_then(|frame| frame.payload.as_slice().try_into().ok());
        let me =
            Identification { protocol: 27, software: Version([2, 5, 2]), holder: DEVICE, device_type: 1 };
        self.say(me.encode());
        self.say(Frame::new(id::GET_IDENTIFICATION, [1, 2, 3, 4]));
        nonce.unwrap_or_default()
    }

    fn noise(&mut self, input: &mut Input<'_>) {
        let value = input.chunk().unwrap_or_default();
        self.phone.received(FROM_SERVER, value, self.now);
        self.hear();
    }

    fn frame(&mut self, input: &mut Input<'_>) {
        if let Some([id, payload @ ..]) = input.chunk() {
            self.say(Frame::new(id & 0x7f, payload.get(..payload.len().min(110)).unwrap_or_default()));
            // Another frame is not kept back by one that the phone does not answer.
            self.channel.answered(id & 0x7f);
        }
    }

    fn wait(&mut self, least: u64) {
        let due = self.phone.poll_timeout().map_or(self.now, |(at, _)| at);
        self.now = due.max(self.now + std::time::Duration::from_millis(least));
        self.phone.timed_out(self.now);
        self.hear();
    }
}

fn name() -> LockName {
    LockName {
        device_id: DEVICE,
        door_type: 1,
        side: 1,
        name: "Hallway".into(),
        features: 0,
        initialized: Some(true),
    }
}

/// A session with a lock that says anything, from the start, or when it has shown that it has the secret.
pub fn dkey_session(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let start = input.byte().unwrap_or_default();
    let mut lock = Lock::new(LockSession::new(key(), Some(DEVICE), room::world(1)));
    if start % 4 >= 1 {
        let nonce = lock.identify();
        lock.say(auth_challenge([3; 16]));
        lock.channel.secure(SessionKeys::of_secret(&key().secret, iv(nonce, &[3; 16])).lock());
    }
    if start % 4 >= 2 {
        lock.say(handshake());
        lock.say(name().encode());
    }
    let (mut opens, mut closes) = (0, 0);
    while let Some(step) = input.byte() {
        match step % 8 {
            0..=2 => lock.frame(&mut input),
            3 => lock.noise(&mut input),
            4 => lock.wait(0),
            5 => lock.wait(1000),
            choice => {
                let command = if step & 0x80 == 0 {
                    let operation = if choice == 6 { Operation::Open } else { Operation::Lock };
                    (opens, closes) = (opens + usize::from(choice == 6), closes + usize::from(choice == 7));
                    LockCommand::Operate(operation)
                } else {
                    LockCommand::ReadLog { after: 0 }
                };
                lock.phone.command(command, lock.now);
                lock.hear();
            }
        }
        // One command for each operation, whatever the lock says; everything else is said once, or once for each.
        assert!(lock.count(id::UNLOCK) <= opens, "more than one command for an operation");
        assert!(lock.count(id::CHANGE_MODE) <= closes, "more than one command for an operation");
        assert!(lock.count(id::GET_MASK) <= 1, "asks for the notifications twice");
        assert!(lock.count(id::SET_MASK) <= 1 + closes, "a lock makes the phone repeat itself");
    }
    lock.phone.disconnected(lock.now);
    assert!(lock.phone.poll_transmit().is_none() && lock.phone.poll_timeout().is_none());
    let events: Vec<_> = std::iter::from_fn(|| lock.phone.poll_event()).collect();
    judge(&events, opens + closes);
}

/// An association with a lock that says anything: one word of how it ended, whatever it was.
pub fn dkey_association(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let start = input.byte().unwrap_or_default();
    let Ok(code) = ActivationCode::parse("GBZT-HXC0") else { return };
    let mut lock = Lock::new(AssociationSession::new(code.clone(), room::world(1)));
    if start % 4 >= 1 {
        let nonce = lock.identify();
        lock.say(pin_challenge([3; 16]));
        lock.channel.secure(SessionKeys::of_code(&code, iv(nonce, &[3; 16])).lock());
    }
    if start % 4 >= 2 {
        lock.say(check());
    }
    while let Some(step) = input.byte() {
        match step % 8 {
            0..=2 => lock.frame(&mut input),
            3 => lock.noise(&mut input),
            4 => lock.wait(0),
            5 => lock.say(AssociationParameters { key_holder_id: [9; 4], wrapped: [step; 16] }.encode()),
            6 => lock.say(name().encode()),
            _ if step & 0x80 == 0 => lock.say(point(step)),
            _ => lock.phone.command(AssociationCommand::Close, lock.now),
        }
    }
    lock.phone.disconnected(lock.now);
    assert!(lock.phone.poll_transmit().is_none() && lock.phone.poll_timeout().is_none());
    assert_eq!(std::iter::from_fn(|| lock.phone.poll_event()).count(), 1);
}

/// A public key, of a key pair or of nobody.
fn point(choice: u8) -> Frame {
    let key = crate::dkey::crypto::KeyPair::new(&*room::world(choice.into()));
    match key.filter(|_| choice & 0x40 == 0) {
        Some(key) => crate::dkey::message::public_key(key.public()),
        None => crate::dkey::message::public_key(vec![choice; 64]),
    }
}
