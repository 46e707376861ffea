//! Chapters 15.B to 15.D, byte for byte, each half by itself.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::door::Operation;
use uuid::Uuid;

use super::pair::{BOOT, morning};
use super::script::Script;
use super::vectors::{APP, AUTHORIZATION, array, paired, vector};
use crate::device::{Device, DeviceTime};
use crate::family::Visitor;
use crate::lock::{LockCommand, LockEvent};
use crate::nuki::device::{Known, LockConfig, SimulatedLock};
use crate::nuki::phone::{LockSession, PairingEvent, PairingRequest, PairingSession};
use crate::nuki::{Credential, GENERAL, Generation, PAIRING, ULTRA_PAIRING, USER};
use crate::session::Session;

const NOW: Uptime = Uptime(BOOT);

const CLASSIC: [&str; 10] = [
    "B1_phone_request_public_key",
    "B2_lock_public_key",
    "B3_phone_public_key",
    "B4_lock_challenge",
    "B5_phone_authenticator",
    "B6_lock_challenge",
    "B7_phone_authorization_data",
    "B8_lock_authorization_id",
    "B9_phone_confirmation",
    "B10_lock_status_complete",
];
const ULTRA: [&str; 8] = [
    "B1_phone_request_public_key",
    "B2_lock_public_key",
    "B3_phone_public_key",
    "C4_lock_challenge",
    "C5_phone_authenticator",
    "C6_lock_authorization_info",
    "C7_phone_authorization_data",
    "C8_lock_authorization_id",
];

fn request(generation: Generation) -> PairingRequest {
    let pin = (generation == Generation::Ultra).then_some(123_456);
    PairingRequest {
        generation,
        name: "Spec Phone".into(),
        app_id: Some(APP),
        pin,
        administrator: false,
        unlatch: false,
    }
}

fn phone_pairs(generation: Generation, lines: &[&str], script: &[&str], mtu: usize) -> PairingEvent {
    let mut phone = PairingSession::new(request(generation), Arc::new(Script::new(script)));
    let characteristic = phone.profile().notify[0];
    phone.connected(mtu, NOW);
    for turn in lines.chunks(2) {
        let sent = phone.poll_transmit().unwrap();
        assert_eq!((sent.characteristic, sent.value), (characteristic, vector(turn[0])), "{}", turn[0]);
        assert!(phone.poll_transmit().is_none() && phone.poll_event().is_none());
        for part in vector(turn[1]).chunks(mtu - 3) {
            phone.received(characteristic, part, NOW);
        }
    }
    assert!(phone.is_over() && phone.poll_transmit().is_none());
    assert_eq!(phone.round_trips() as usize, lines.len() / 2);
    phone.poll_event().unwrap()
}

fn expected(generation: Generation, authorization_id: u32) -> PairingEvent {
    let credential = Credential { authorization_id, generation, ..paired() };
    PairingEvent::Paired { credential, lock: Uuid::from_bytes(array("uuid")) }
}

#[test]
fn the_phone_pairs_as_in_15_b_and_c() {
    for mtu in [23, 100, 247] {
        let script = ["client_secret", "nA"];
        let told = phone_pairs(Generation::Classic, &CLASSIC, &script, mtu);
        assert_eq!(told, expected(Generation::Classic, AUTHORIZATION));
        let script = ["client_secret", "C7_nonce"];
        let told = phone_pairs(Generation::Ultra, &ULTRA, &script, mtu);
        assert_eq!(told, expected(Generation::Ultra, 0x87f9));
    }
}

fn lock_pairs(config: LockConfig, characteristic: Uuid, lines: &[&str], script: &[&str]) {
    let config = LockConfig { pairing: true, uuid: Some(Uuid::from_bytes(array("uuid"))), ..config };
    let mut lock = SimulatedLock::new(config, Arc::new(Script::new(script)));
    let now = DeviceTime { uptime: NOW, wall: morning() };
    lock.connected(247, now);
    lock.subscribed(characteristic, now);
    for turn in lines.chunks(2) {
        lock.written(characteristic, &vector(turn[0]), now);
        assert_eq!(lock.poll_notify(), Some((characteristic, vector(turn[1]))), "{}", turn[1]);
        assert_eq!(lock.poll_notify(), None);
    }
    assert_eq!(lock.authorization_ids().count(), 1);
    assert!(lock.advertisement().manufacturer.is_some(), "no longer in pairing mode");
}

#[test]
fn the_lock_pairs_as_in_15_b_and_c() {
    let script = ["lock_secret", "nK1", "nK2", "nK3"];
    lock_pairs(LockConfig::default(), PAIRING, &CLASSIC, &script);
    let (generation, pin) = (Generation::Ultra, Some(123_456));
    let config = LockConfig { generation, pin, first_id: 0x87f9, ..LockConfig::default() };
    lock_pairs(config, ULTRA_PAIRING, &ULTRA, &["lock_secret", "nU1", "C8_nonce"]);
}

#[test]
fn the_phone_opens_as_in_15_d() {
    for mtu in [23, 247] {
        let entropy = Arc::new(Script::new(&["D1_nonce", "D3_nonce", "D9_nonce"]));
        let visitor = Visitor { entropy, clocks: (morning(), NOW), name: String::new() };
        let mut phone = LockSession::new(paired(), 0x1a2b_3c4d, visitor);
        phone.command(LockCommand::Operate(Operation::Open), NOW);
        phone.connected(mtu, NOW);
        for (sent, answers) in [
            ("D1_phone_request_challenge", &["D2_lock_challenge"][..]),
            (
                "D3_phone_unlock",
                &[
                    "D4_lock_status_accepted",
                    "D5_lock_states_unlocking",
                    "D6_lock_states_unlocked",
                    "D7_lock_status_complete",
                ],
            ),
        ] {
            assert_eq!(phone.poll_transmit().unwrap().value, vector(sent));
            assert!(phone.poll_transmit().is_none());
            for part in answers
                .iter()
                .flat_map(|wire| vector(wire).chunks(mtu - 3).map(<[u8]>::to_vec).collect::<Vec<_>>())
            {
                phone.received(USER, &part, NOW);
            }
        }
        let events: Vec<_> = std::iter::from_fn(|| phone.poll_event()).collect();
        let outcomes = events.iter().filter(|event| matches!(event, LockEvent::Outcome { reason: None, .. }));
        assert_eq!(outcomes.count(), 1);
        assert!(events.contains(&LockEvent::Moving(Operation::Open)));
    }
}

#[test]
fn the_lock_opens_as_in_15_d() {
    let script = ["challenge", "D2_nonce", "D4_nonce", "D5_nonce", "D6_nonce", "D7_nonce", "nonce"];
    let uuid = Some(Uuid::nil());
    let authorizations = vec![Known { credential: paired(), name: "Spec Phone".into() }];
    let config = LockConfig { authorizations, uuid, ..LockConfig::default() };
    let mut lock = SimulatedLock::new(config, Arc::new(Script::new(&script[..6])));
    let now = DeviceTime { uptime: NOW, wall: morning() };
    lock.connected(247, now);
    lock.subscribed(GENERAL, now);
    lock.subscribed(USER, now);
    lock.written(USER, &vector("D1_phone_request_challenge"), now);
    assert_eq!(lock.poll_notify(), Some((USER, vector("D2_lock_challenge"))));
    lock.written(USER, &vector("D3_phone_unlock"), now);
    assert_eq!(lock.poll_notify(), Some((USER, vector("D4_lock_status_accepted"))));
    let states = lock.poll_notify().unwrap().1;
    assert_eq!((states.len(), states[..24].to_vec()), (75, vector("D5_nonce")));
    assert_eq!(lock.poll_notify(), None);
    let later = DeviceTime { uptime: NOW + Duration::from_secs(2), wall: morning() };
    lock.timed_out(later);
    assert_eq!(lock.poll_notify().unwrap().1.len(), 75);
    assert_eq!(lock.poll_notify(), Some((USER, vector("D7_lock_status_complete"))));
    assert_eq!(lock.report().state, "unlocked");
}

#[test]
fn a_key_that_is_not_known_is_told_in_clear() {
    let mut lock = SimulatedLock::new(LockConfig::default(), super::pair::world(1));
    let now = DeviceTime { uptime: NOW, wall: morning() };
    lock.connected(247, now);
    lock.written(USER, &vector("D1_phone_request_challenge"), now);
    assert_eq!(lock.poll_notify(), None, "nobody listens");
    lock.subscribed(GENERAL, now);
    lock.written(USER, &vector("D1_phone_request_challenge"), now);
    assert_eq!(lock.poll_notify(), Some((GENERAL, vector("F1_not_authorized_on_e201"))));
    lock.subscribed(PAIRING, now);
    lock.written(PAIRING, &vector("B1_phone_request_public_key"), now);
    assert_eq!(lock.poll_notify(), Some((PAIRING, vector("F2_not_pairing"))));
    lock.written(PAIRING, &[1, 0, 3, 0, 0, 0], now);
    assert_eq!(lock.poll_notify(), Some((PAIRING, vector("F3_bad_crc"))));
}

#[test]
fn advertisements_of_chapter_3() {
    let wire = |lock: &SimulatedLock| {
        let sent = lock.advertisement();
        assert_eq!(sent.name, "Nuki_1A2B3C4D");
        let beacon = sent
            .manufacturer
            .map(|(company, data)| [&[2, 1, 6, 0x1a, 0xff][..], &company.to_le_bytes(), &data].concat());
        let pairing = sent.service_data.map(|(uuid, data)| {
            let mut uuid = uuid.as_bytes().to_vec();
            uuid.reverse();
            [&[2, 1, 6, 0x15, 0x21][..], &uuid, &data].concat()
        });
        beacon.or(pairing).unwrap()
    };
    let lock = |config| SimulatedLock::new(config, super::pair::world(1));
    let hex = super::vectors::hex;
    assert_eq!(
        wire(&lock(LockConfig::default())),
        hex("0201061aff4c000215a92ee200550111e4916c0800200c9a661a2b3c4dc8")
    );
    let pairing = LockConfig { pairing: true, ..LockConfig::default() };
    assert_eq!(wire(&lock(pairing.clone())), hex("0201061521669a0c2000086c91e411015500e12ea91a2b3c4d"));
    let ultra = LockConfig { generation: Generation::Ultra, ..pairing };
    assert_eq!(wire(&lock(ultra)), hex("0201061521669a0c2000086c91e411015500e32ea91a2b3c4d"));
}
