//! A lock that knows the key and says whatever the input tells it to, to real phones.

use std::time::Duration;

use chrono::TimeDelta;
use terskel_model::door::Operation;
use terskel_model::{Timestamp, Uptime};
use zeroize::Zeroizing;

use super::{AUTHORIZATION, NUKI_ID, PIN, credential, key, message, sealed};
use crate::fuzzing::{Input, judge, room};
use crate::lock::{LockCommand, LockEvent};
use crate::nuki::errand::{Errand, Wanted};
use crate::nuki::frame::{Message, encode_plain, open};
use crate::nuki::message::{DateTime, States, challenge, id};
use crate::nuki::phone::{
    AuthorizationCommand, AuthorizationEvent, AuthorizationSession, LockSession, PairingCommand,
    PairingRequest, PairingSession,
};
use crate::nuki::{GENERAL, Generation, USER};
use crate::session::Session;

struct Lock<S: Session> {
    phone: S,
    now: Uptime,
    number: u32,
    /// The commands that the phone has said.
    heard: Vec<Message>,
}

impl<S: Session> Lock<S> {
    fn new(mut phone: S) -> Self {
        phone.connected(247, Uptime::default());
        let mut lock = Self { phone, now: Uptime::default(), number: 0, heard: Vec::new() };
        lock.hear();
        lock
    }

    fn hear(&mut self) {
        let mut values = 0;
        while let Some(sent) = self.phone.poll_transmit() {
            values += 1;
            assert!(values <= 8, "too much for one answer");
            self.heard.extend(open(&key(), &sent.value).map(|opened| opened.message));
        }
    }

    fn say(&mut self, message: &Message) {
        self.number += 1;
        self.phone.received(USER, &sealed(message, self.number), self.now);
        self.hear();
    }

    /// One step that every session takes.
    fn step(&mut self, step: u8, input: &mut Input<'_>) {
        match step % 8 {
            0 | 1 => self.say(&message(input.chunk().unwrap_or_default())),
            2 => self.say(&challenge(&[step; 32])),
            3 => {
                let value = input.chunk().unwrap_or_default();
                self.phone.received(if step & 8 == 0 { USER } else { GENERAL }, value, self.now);
                self.hear();
            }
            4 => {
                let value = encode_plain(&message(input.chunk().unwrap_or_default()));
                self.phone.received(GENERAL, &value, self.now);
                self.hear();
            }
            _ => {
                let due = self.phone.poll_timeout().map_or(self.now, |(at, _)| at);
                self.now = due.max(self.now + Duration::from_millis(u64::from(step) * 4));
                self.phone.timed_out(self.now);
                self.hear();
            }
        }
    }

    fn leave(&mut self) -> Vec<S::Event> {
        self.phone.disconnected(self.now);
        assert!(self.phone.poll_transmit().is_none() && self.phone.poll_timeout().is_none());
        assert!(self.phone.is_over());
        std::iter::from_fn(|| self.phone.poll_event()).collect()
    }

    fn count(&self, command: u16) -> usize {
        self.heard.iter().filter(|message| message.command == command).count()
    }
}

/// States with what the input says at the places that something hangs on.
fn states(chunk: &[u8]) -> Message {
    let at = |place: usize| chunk.get(place).copied();
    let mut payload = vec![2, at(0).unwrap_or(1), 0];
    payload.extend(DateTime([0xea, 7, 5, 28, 20, 26, at(1).unwrap_or_default() % 60]).0);
    payload.extend([0, 0, at(2).unwrap_or_default(), 0, 0]);
    payload.extend(chunk.get(3..).unwrap_or_default().iter().take(12));
    States::decode(&payload)
        .map_or_else(|| Message::new(id::STATES, payload.clone()), |states| states.encode())
}

/// A session with a lock that has the key and says anything.
pub fn nuki_session(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let start = input.byte().unwrap_or_default();
    let pin = (start & 1 != 0).then_some(PIN);
    let errands = if start & 4 == 0 { Vec::new() } else { errands() };
    let phone = LockSession::new(credential(pin, start & 2 != 0), NUKI_ID, room::visitor());
    let mut lock = Lock::new(phone.with_errands(errands));
    let (mut operations, mut logs, mut lists) = (0, 0, 0);
    while let Some(step) = input.byte() {
        match step {
            0..=15 => lock.say(&states(input.chunk().unwrap_or_default())),
            16..=31 => lock.say(&Message::new(id::STATUS, [step & 1])),
            32..=39 => {
                let operation = if step & 1 == 0 { Operation::Open } else { Operation::Lock };
                operations += 1;
                lock.phone.command(LockCommand::Operate(operation), lock.now);
                lock.hear();
            }
            40 => {
                logs += 1;
                lock.phone.command(LockCommand::ReadLog { after: 3 }, lock.now);
                lock.hear();
            }
            41 => lock.phone.command(LockCommand::Close, lock.now),
            42 => {
                lists += 1;
                lock.phone.command(LockCommand::KeepEntries, lock.now);
                lock.hear();
            }
            _ => lock.step(step, &mut input),
        }
        // Once more where the lock refused it for its challenge and its state says that nothing happened (12).
        assert!(lock.count(id::LOCK_ACTION) <= 2 * operations, "more than two commands for an operation");
        assert!(lock.count(id::UPDATE_TIME) <= 1, "sets the clock again and again");
        let written = lock.count(id::INVITE) + lock.count(id::UPDATE_ENTRY);
        assert!(written <= lists && lock.count(id::REMOVE_ENTRY) <= lists, "more than its errands");
    }
    let events = lock.leave();
    judge(&events, operations);
    let told =
        events.iter().filter_map(|event| if let LockEvent::Log(log) = event { Some(log) } else { None });
    let told: Vec<_> = told.collect();
    assert!(told.len() <= logs && told.iter().all(|log| log.len() <= 50), "more log than was asked for");
    let kept = events
        .iter()
        .filter_map(|event| if let LockEvent::Entries(kept) = event { Some(kept) } else { None });
    let kept: Vec<_> = kept.collect();
    assert!(kept.len() == lists && kept.iter().all(|kept| kept.len() <= 2), "each errand is told once");
}

/// One entry that shall be there, and one that shall not.
fn errands() -> Vec<Errand> {
    let at = |hours: i64| Timestamp::UNIX_EPOCH + TimeDelta::hours(hours);
    let wanted = Wanted { shared_key: Zeroizing::new([0x5a; 32]), from: at(0), until: at(8) };
    vec![Errand { name: "Kari".into(), wanted: Some(wanted) }, Errand { name: "Gone".into(), wanted: None }]
}

/// The management of authorizations with a lock that has the key and says anything: one answer to each question.
pub fn nuki_authorizations(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut lock = Lock::new(AuthorizationSession::new(credential(Some(PIN), false), room::world(1)));
    let mut asked = 0;
    while let Some(step) = input.byte() {
        let command = match step {
            0..=7 => AuthorizationCommand::List,
            8..=15 => AuthorizationCommand::Remove(AUTHORIZATION),
            16..=23 => AuthorizationCommand::Invite { name: "Kari".into(), limits: None },
            24..=31 => AuthorizationCommand::Update {
                authorization_id: 7,
                name: "Kari".into(),
                enabled: true,
                remote: false,
                limits: None,
            },
            _ => {
                lock.step(step, &mut input);
                continue;
            }
        };
        asked += 1;
        lock.phone.command(command, lock.now);
        lock.hear();
    }
    let events = lock.leave();
    let ends = events.iter().filter(|event| matches!(event, AuthorizationEvent::Ended)).count();
    assert_eq!((ends, events.len()), (1, asked + 1), "{events:?}");
    for event in &events {
        if let AuthorizationEvent::Listed(entries) = event {
            assert!(entries.len() <= 500);
        }
    }
}

/// A pairing with whoever answers: one word of how it ended.
pub fn nuki_pairing(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let start = input.byte().unwrap_or_default();
    let generation = if start & 1 == 0 { Generation::Classic } else { Generation::Ultra };
    let request = PairingRequest {
        generation,
        name: "Ada".into(),
        app_id: None,
        pin: Some(PIN),
        administrator: start & 2 != 0,
        unlatch: start & 4 != 0,
    };
    let mut phone = PairingSession::new(request, room::world(1));
    let lane = phone.profile().notify[0];
    let mut now = Uptime::default();
    phone.connected(23 + usize::from(start), now);
    while let Some(step) = input.byte() {
        while phone.poll_transmit().is_some() {}
        let chunk = input.chunk().unwrap_or_default();
        match step % 8 {
            0..=2 => phone.received(lane, &encode_plain(&message(chunk)), now),
            3 | 4 => phone.received(lane, chunk, now),
            // A public key, and the challenges that follow.
            5 => phone.received(lane, &encode_plain(&Message::new(id::PUBLIC_KEY, [step; 32])), now),
            6 => phone.received(lane, &encode_plain(&challenge(&[step; 32])), now),
            _ if chunk.is_empty() => phone.command(PairingCommand::Close, now),
            _ => {
                now = now + Duration::from_secs(u64::from(step));
                phone.timed_out(now);
            }
        }
    }
    phone.disconnected(now);
    assert!(phone.poll_transmit().is_none() && phone.poll_timeout().is_none() && phone.is_over());
    assert_eq!(std::iter::from_fn(|| phone.poll_event()).count(), 1);
}
