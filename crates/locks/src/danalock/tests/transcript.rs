//! The session of 13.7, byte for byte, from either side.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::{Timestamp, Uptime};
use zeroize::Zeroizing;

use super::script::Script;
use super::vectors::{
    ANCHOR, BROADCAST_KEY, CERTIFICATE, CLIENT_RANDOM, CLIENT_SCALAR, LOCK, LOCK_SCALAR, SERVER_RANDOM,
    SERVER_SCALAR, SESSION_ID, SIGNATURE, TOKEN, hex,
};
use crate::danalock::device::{FinishedIn, LockConfig, SimulatedLock, Token};
use crate::danalock::phone::LockSession;
use crate::danalock::{Credential, NOTIFY, Trust, WRITE};
use crate::device::{Device, DeviceTime};
use crate::family::Visitor;
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;

const SESSION: &str = include_str!("transcript.txt");
const NOW: Uptime = Uptime(Duration::ZERO);

struct Line {
    number: usize,
    by_phone: bool,
    frame: Vec<u8>,
}

fn lines() -> impl Iterator<Item = Line> {
    SESSION.lines().map(|line| {
        let mut words = line.split_whitespace();
        let number = words.next().unwrap().parse().unwrap();
        Line { number, by_phone: words.next().unwrap() == "P>L", frame: hex(words.next().unwrap()) }
    })
}

fn phone() -> LockSession {
    let entropy = Script::new(&[&[4, 5], &hex(CLIENT_RANDOM), &hex(CLIENT_SCALAR)]);
    let credential = Credential {
        login_token: Zeroizing::new(hex(TOKEN)),
        broadcast_key: Zeroizing::new(hex(BROADCAST_KEY).try_into().unwrap()),
        trust: Trust::Authority(hex(ANCHOR)),
    };
    let wall = Timestamp::from_timestamp(1_767_225_600, 0).unwrap();
    let visitor = Visitor { entropy: Arc::new(entropy), clocks: (wall, NOW), name: String::new() };
    LockSession::new(LOCK, credential, visitor)
}

fn lock() -> SimulatedLock {
    let entropy = Script::new(&[&[9], &hex(SERVER_RANDOM), &hex(SESSION_ID), &hex(SERVER_SCALAR)]);
    let config = LockConfig {
        serial: LOCK,
        tokens: vec![Token {
            blob: Zeroizing::new(hex(TOKEN)),
            valid_from: None,
            valid_to: None,
            permitted: true,
        }],
        broadcast_key: Zeroizing::new(hex(BROADCAST_KEY).try_into().unwrap()),
        certificate: hex(CERTIFICATE),
        scalar: Zeroizing::new(hex(LOCK_SCALAR).try_into().unwrap()),
        locked: true,
        battery_percent: 74,
        motor: Duration::ZERO,
        finished_in: FinishedIn::ApplicationData,
    };
    let mut lock = SimulatedLock::new(config, Arc::new(entropy));
    lock.signature = Some(hex(SIGNATURE));
    lock
}

#[test]
fn the_phone_opens_as_in_the_transcript() {
    let mut phone = phone();
    phone.connected(247, NOW);
    for line in lines() {
        match line.number {
            // While the battery is asked for; and when all is done.
            38 => phone.command(LockCommand::Operate(Operation::Open), NOW),
            50 => phone.command(LockCommand::Close, NOW),
            _ => {}
        }
        for value in line.frame.chunks(20) {
            if line.by_phone {
                let sent = phone.poll_transmit().unwrap_or_else(|| panic!("nothing at line {}", line.number));
                assert_eq!(
                    (sent.characteristic, sent.value.as_slice()),
                    (WRITE, value),
                    "line {}",
                    line.number
                );
                assert!(!sent.with_response);
            } else {
                phone.received(NOTIFY, value, NOW);
            }
        }
    }
    assert_eq!(phone.poll_transmit(), None);
    assert!(phone.is_over());
    let events: Vec<_> = std::iter::from_fn(|| phone.poll_event()).collect();
    assert!(events.contains(&LockEvent::Moving(Operation::Open)), "{events:?}");
    let state = events.iter().rev().find_map(|event| match event {
        LockEvent::State(state) => Some(*state),
        _ => None,
    });
    assert_eq!(state.map(|state| (state.locked, state.battery_percent)), Some((Some(false), Some(74))));
    assert!(events.iter().any(|event| matches!(
        event,
        LockEvent::Outcome { operation: Operation::Open, outcome: DoorOutcome::Opened, reason: None, .. }
    )));
    assert_eq!(events.last(), Some(&LockEvent::Ended { reason: None, detail: None }));
}

#[test]
fn the_lock_opens_as_in_the_transcript() {
    let now = DeviceTime { uptime: NOW, wall: Timestamp::UNIX_EPOCH };
    let mut lock = lock();
    lock.connected(23, now);
    for line in lines() {
        for value in line.frame.chunks(20) {
            if line.by_phone {
                lock.written(WRITE, value, now);
            } else {
                let sent = lock.poll_notify().unwrap_or_else(|| panic!("nothing at line {}", line.number));
                assert_eq!(sent, (NOTIFY, value.to_vec()), "line {}", line.number);
            }
        }
    }
    assert_eq!(lock.poll_notify(), None);
    assert!(!lock.poll_disconnect(), "the phone leaves, not the lock");
    let moved: Vec<_> = lock.report().movements.into_iter().map(|moved| moved.what).collect();
    assert_eq!(moved, ["unlocked"]);
}
