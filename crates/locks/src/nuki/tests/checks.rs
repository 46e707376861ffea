//! What a lock checks, in which order, and how it counts.

use super::raw::Raw;
use super::vectors::AUTHORIZATION;
use crate::device::Device;
use crate::nuki::Generation;
use crate::nuki::device::LockConfig;
use crate::nuki::frame::Message;
use crate::nuki::message::{LockAction, Proof, UpdateEntry, action, code, id};

#[test]
fn checks_of_the_lock_in_their_order() {
    let mut raw = Raw::new(LockConfig::default());
    assert_eq!(Raw::error(&raw.say(&Message::new(0x4242, [1; 50]))), code::UNKNOWN);
    assert_eq!(Raw::error(&raw.say(&Message::new(id::REQUEST_DATA, [4]))), code::BAD_LENGTH);
    assert_eq!(Raw::error(&raw.say(&Message::new(id::REQUEST_DATA, [9, 9]))), code::BAD_PARAMETER);
    assert_eq!(Raw::error(&raw.say(&Message::new(id::LOCK_ACTION, [1; 31]))), code::BAD_LENGTH);
    assert_eq!(Raw::error(&raw.say(&Message::new(id::LOCK_ACTION, [1; 38]))), code::BAD_NONCE);
    assert_eq!(Raw::error(&raw.proven(Message::new(id::LOCK_ACTION, [1; 7]), None)), code::BAD_LENGTH);
    assert_eq!(Raw::error(&raw.act(0x07)), code::BAD_PARAMETER);
    assert_eq!(Raw::error(&raw.act(0x81)), code::BAD_PARAMETER);
    let disabled =
        UpdateEntry { id: AUTHORIZATION, name: "Phone".into(), enabled: false, remote: false, limits: None };
    assert_eq!(Raw::error(&raw.proven(disabled.encode(), Some(1234))), 0);
    assert_eq!(Raw::error(&raw.act(action::UNLOCK)), code::DISABLED);
    assert!(raw.lock.report().movements.is_empty());
}

#[test]
fn a_challenge_is_good_once_and_for_a_minute() {
    let mut raw = Raw::new(LockConfig::default());
    let sent = LockAction { action: 1, app_id: 7, flags: 0, suffix: None };
    let with = |challenge| {
        let proof = Proof { challenge, pin: None };
        proof.complete(Generation::Classic, sent.encode())
    };
    let first = raw.challenge();
    let second = raw.challenge();
    assert_eq!(Raw::error(&raw.say(&with(first))), code::BAD_NONCE, "replaced");
    assert_eq!(Raw::error(&raw.say(&with(second))), code::BAD_NONCE, "and used up by the wrong one");
    let third = raw.challenge();
    raw.pass(61);
    assert_eq!(Raw::error(&raw.say(&with(third))), code::BAD_NONCE, "too old");
    let fourth = raw.challenge();
    raw.pass(60);
    assert_eq!(Raw::error(&raw.say(&with(fourth))), 0);
    assert_eq!(Raw::error(&raw.say(&with(fourth))), code::BAD_NONCE, "used");
    assert_eq!(Raw::error(&raw.act(1)), code::BUSY);
    raw.pass(5);
    assert_eq!(raw.lock.report().movements.len(), 1);
}

#[test]
fn pins_are_counted_and_locked_out() {
    let mut raw = Raw::new(LockConfig::default());
    let verify = |raw: &mut Raw, pin| Raw::error(&raw.proven(Message::new(id::VERIFY_PIN, []), Some(pin)));
    for _ in 0..4 {
        assert_eq!(verify(&mut raw, 1), code::BAD_PIN);
    }
    assert_eq!(verify(&mut raw, 1234), 0, "a right one resets");
    for _ in 0..5 {
        assert_eq!(verify(&mut raw, 1), code::BAD_PIN);
    }
    assert_eq!(verify(&mut raw, 1234), code::TOO_MANY_PIN_ATTEMPTS);
    raw.pass(61);
    assert_eq!(verify(&mut raw, 1234), 0);
}
