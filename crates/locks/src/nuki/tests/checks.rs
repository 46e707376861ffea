//! What a lock checks, in which order, and how it counts.

use super::raw::Raw;
use super::vectors::AUTHORIZATION;
use crate::device::Device;
use crate::nuki::Generation;
use crate::nuki::device::LockConfig;
use crate::nuki::frame::Message;
use crate::nuki::message::{
    Config, LockAction, Proof, RequestData, States, Status, UpdateEntry, action, code, id,
};

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

#[test]
fn settings_are_told_set_and_counted() {
    let mut raw = Raw::new(LockConfig::default());
    let config = |raw: &mut Raw| {
        let heard = raw.proven(Message::new(id::REQUEST_CONFIG, []), None);
        Config::decode(&heard[0].payload).unwrap()
    };
    let before = config(&mut raw);
    assert_eq!((before.name.as_str(), before.more.len(), before.nuki_id), ("Hallway", 7, 0x1a2b_3c4d));
    let mut body = vec![0; 55];
    body[..4].copy_from_slice(b"Loft");
    body[45] = 120;
    assert_eq!(Raw::error(&raw.proven(Message::new(id::SET_CONFIG, body), Some(1234))), 0);
    let after = config(&mut raw);
    assert_eq!((after.name.as_str(), after.timezone_offset), ("Loft", 120));

    let advanced = Message::new(id::REQUEST_ADVANCED_CONFIG, []);
    let heard = raw.proven(advanced, None);
    let mut body = heard[0].payload[2..].to_vec();
    (body[8], body[14]) = (1, 1);
    assert_eq!(Raw::error(&raw.proven(Message::new(id::SET_ADVANCED_CONFIG, body), Some(1234))), 0);
    let states = raw.say(&RequestData(id::STATES).encode());
    assert_eq!(States::decode(&states[0].payload).unwrap().config_count, 2);
    raw.act(action::LOCK_N_GO);
    raw.pass(6);
    assert_eq!(raw.lock.report().movements.len(), 2, "opened, and locked a second later");
    assert_eq!(raw.lock.report().state, "locked");
}

#[test]
fn the_pin_can_be_changed_and_the_lock_restarted() {
    let mut raw = Raw::new(LockConfig::default());
    assert_eq!(Raw::error(&raw.proven(Message::new(id::SET_PIN, [7, 0]), Some(1234))), 0);
    assert_eq!(Raw::error(&raw.proven(Message::new(id::VERIFY_PIN, []), Some(1234))), code::BAD_PIN);
    assert_eq!(
        Raw::error(&raw.proven(Message::new(id::SET_PIN, [0xff, 0xff]), Some(7))),
        code::BAD_PARAMETER
    );
    assert_eq!(Raw::error(&raw.proven(Message::new(id::ENABLE_LOGGING, [0]), Some(7))), 0);
    let calibrated = raw.proven(Message::new(id::CALIBRATE, []), Some(7));
    assert_eq!(calibrated.iter().map(|message| message.command).collect::<Vec<_>>(), [14, 12, 14]);
    assert_eq!(raw.say(&RequestData(id::BATTERY_REPORT).encode())[0].payload.len(), 17);
    assert_eq!(Raw::error(&raw.proven(Message::new(id::REBOOT, []), Some(7))), 0);
    assert!(raw.lock.poll_disconnect());
}

#[test]
fn every_action_ends_where_it_should() {
    for (action, seconds, opened, state) in [
        (action::UNLOCK, 2, 1, "unlocked"),
        (action::LOCK, 2, 0, "locked"),
        (action::UNLATCH, 5, 1, "unlocked"),
        (action::LOCK_N_GO, 24, 1, "locked"),
        (action::LOCK_N_GO_UNLATCH, 27, 1, "locked"),
        (action::FULL_LOCK, 2, 0, "locked"),
    ] {
        let mut raw = Raw::new(LockConfig::default());
        assert_eq!(raw.act(action)[0], Status::ACCEPTED.encode());
        raw.pass(seconds - 1);
        let before = raw.heard();
        assert!(before.iter().all(|message| message.command == id::STATES));
        raw.pass(1);
        assert_eq!(raw.heard().last(), Some(&Status::COMPLETE.encode()), "{action}");
        let report = raw.lock.report();
        let times = report.movements.iter().filter(|movement| movement.what == "unlocked").count();
        assert_eq!((times, report.state.as_str()), (opened, state), "{action}");
    }
    let mut raw = Raw::new(LockConfig::default());
    let simple = |action| Message::new(id::SIMPLE_LOCK_ACTION, [action]);
    assert_eq!(Raw::error(&raw.proven(simple(action::UNLATCH), None)), code::BAD_PARAMETER);
    assert_eq!(Raw::error(&raw.proven(simple(action::UNLOCK), None)), 0);
    raw.pass(3);
    let auto = LockAction { action: action::UNLOCK, app_id: 7, flags: 1, suffix: None };
    assert_eq!(Raw::error(&raw.proven(auto.encode(), None)), code::AUTO_UNLOCK_TOO_RECENT);
}
