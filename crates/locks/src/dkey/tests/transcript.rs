//! Transcripts A and B of chapter 13, byte for byte, from either side.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::{Timestamp, Uptime};
use uuid::Uuid;

use super::script::Script;
use super::vectors::{
    ASSOCIATED, CODE, DEVICE, KEY_HOLDER, LOCK_NONCE, LOCK_SCALAR, NL, NP, PHONE_SCALAR, SECRET, WRAPPED, hex,
};
use crate::device::{Device, DeviceTime};
use crate::dkey::device::{LockConfig, SimulatedLock};
use crate::dkey::phone::{AssociationEvent, AssociationSession, LockSession};
use crate::dkey::{ActivationCode, Credential, FROM_SERVER, TO_SERVER};
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;

const ASSOCIATE: &str = include_str!("transcript_associate.txt");
const OPERATE: &str = include_str!("transcript_operate.txt");

struct Line {
    number: usize,
    by_phone: bool,
    lane: Uuid,
    value: Vec<u8>,
}

fn lines(text: &str) -> Vec<Line> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let number = words.next().unwrap().parse().unwrap();
        let by_phone = words.next().unwrap() == "P>L";
        let lane = if words.next().unwrap() == "0001" { TO_SERVER } else { FROM_SERVER };
        Line { number, by_phone, lane, value: hex(words.next().unwrap()) }
    };
    text.lines().map(line).collect()
}

fn credential() -> Credential {
    Credential { key_holder_id: KEY_HOLDER, secret: SECRET }
}

/// Plays the lock's lines to a phone and compares what the phone sends; `before` runs ahead of each line.
fn replay_to_phone<S: Session>(text: &str, session: &mut S, before: impl Fn(&mut S, usize)) {
    session.connected(23, Uptime::default());
    for line in lines(text) {
        before(session, line.number);
        if line.by_phone {
            let sent =
                session.poll_transmit().unwrap_or_else(|| panic!("nothing sent at line {}", line.number));
            assert_eq!((sent.characteristic, sent.value), (line.lane, line.value), "line {}", line.number);
            assert!(sent.with_response);
        } else {
            session.received(line.lane, &line.value, Uptime::default());
        }
    }
    assert_eq!(session.poll_transmit(), None);
}

/// Plays the phone's lines to a lock and compares what the lock notifies.
fn replay_to_lock(text: &str, lock: &mut SimulatedLock, before: impl Fn(&mut SimulatedLock, usize)) {
    let now = DeviceTime { uptime: Uptime::default(), wall: Timestamp::UNIX_EPOCH };
    lock.connected(23, now);
    for line in lines(text) {
        before(lock, line.number);
        if line.by_phone {
            lock.written(line.lane, &line.value, now);
        } else {
            let sent =
                lock.poll_notify().unwrap_or_else(|| panic!("nothing notified at line {}", line.number));
            assert_eq!(sent, (line.lane, line.value), "line {}", line.number);
        }
    }
    assert_eq!(lock.poll_notify(), None);
}

#[test]
fn the_phone_associates_as_in_transcript_a() {
    let entropy = Script::new(0xa0, &[&NP, &hex(PHONE_SCALAR)]);
    let mut phone = AssociationSession::new(ActivationCode::parse(CODE).unwrap(), Arc::new(entropy));
    replay_to_phone(ASSOCIATE, &mut phone, |_, _| ());
    let Some(AssociationEvent::Associated { credential, lock }) = phone.poll_event() else {
        panic!("no credential")
    };
    assert_eq!((credential.key_holder_id, credential.secret.to_vec()), (KEY_HOLDER, hex(ASSOCIATED)));
    assert_eq!(
        (lock.device_id, lock.name, lock.firmware),
        ("00193abc".into(), "Hallway".into(), "2.5.2".into())
    );
    assert!(phone.is_over());
}

#[test]
fn the_lock_associates_as_in_transcript_a() {
    let entropy = Script::new(0xb0, &[&LOCK_NONCE, &NL, &hex(LOCK_SCALAR), &WRAPPED]);
    let code = ActivationCode::parse(CODE).ok();
    let config = LockConfig { device_id: DEVICE, activation_code: code, ..LockConfig::default() };
    let mut lock = SimulatedLock::new(config, Arc::new(entropy));
    replay_to_lock(ASSOCIATE, &mut lock, |_, _| ());
    let known: Vec<_> = lock.credentials().map(|key| (key.key_holder_id, key.secret.to_vec())).collect();
    assert_eq!(known, [(KEY_HOLDER, hex(ASSOCIATED))]);
    assert!(!lock.poll_disconnect(), "the phone leaves, not the lock");
}

#[test]
fn the_phone_opens_and_locks_as_in_transcript_b() {
    let mut phone = LockSession::new(credential(), Some(DEVICE), Arc::new(Script::new(0xa0, &[&NP])));
    replay_to_phone(OPERATE, &mut phone, |phone, number| match number {
        17 => phone.command(LockCommand::Operate(Operation::Open), Uptime::default()),
        23 => phone.command(LockCommand::Operate(Operation::Lock), Uptime::default()),
        _ => {}
    });
    let outcomes: Vec<_> = std::iter::from_fn(|| phone.poll_event())
        .filter_map(|event| match event {
            LockEvent::Outcome { outcome, reason, .. } => Some((outcome, reason)),
            _ => None,
        })
        .collect();
    assert_eq!(outcomes, [(DoorOutcome::Opened, None), (DoorOutcome::Locked, None)]);
    assert!(phone.is_over());
}

#[test]
fn the_lock_opens_and_locks_as_in_transcript_b() {
    let entropy = Arc::new(Script::new(0xb0, &[&LOCK_NONCE, &NL]));
    let config = LockConfig { device_id: DEVICE, credentials: vec![credential()], ..LockConfig::default() };
    let mut lock = SimulatedLock::new(config, entropy);
    replay_to_lock(OPERATE, &mut lock, |lock, number| {
        if number == 29 {
            let uptime = Uptime(Duration::from_secs(30));
            assert_eq!(lock.poll_timeout(), Some(uptime));
            lock.timed_out(DeviceTime { uptime, wall: Timestamp::UNIX_EPOCH });
        }
    });
    let moved: Vec<_> = lock.report().movements.into_iter().map(|moved| (moved.what, moved.by)).collect();
    assert_eq!(moved, [("unlocked".into(), "2c000001".into()), ("locked".into(), "2c000001".into())]);
    assert!(lock.poll_disconnect() && !lock.poll_disconnect());
}
