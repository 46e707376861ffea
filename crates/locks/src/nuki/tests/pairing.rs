//! Pairing, phone against lock, and what can stop it.

use std::time::Duration;

use super::pair::{Pair, lock_with, morning, session_of, visitor, world};
use super::vectors::paired;
use crate::device::{Device, DeviceTime};
use crate::nuki::device::{LockConfig, SimulatedLock};
use crate::nuki::frame::{Message, encode_plain};
use crate::nuki::phone::{
    LockSession, PairingCommand, PairingEvent, PairingProblem, PairingRequest, PairingSession,
};
use crate::nuki::{Credential, Generation, PAIRING};
use crate::session::Session;
use crate::testing::room::Air;
use terskel_model::door::{DoorOutcome, Operation};

fn request(generation: Generation) -> PairingRequest {
    let pin = Some(if generation == Generation::Ultra { 123_456 } else { 1234 });
    PairingRequest {
        generation,
        name: "Ada's phone".into(),
        app_id: Some(77),
        pin,
        administrator: true,
        unlatch: false,
    }
}

fn lock(generation: Generation) -> LockConfig {
    let pin = Some(if generation == Generation::Ultra { 123_456 } else { 1234 });
    LockConfig { generation, pin, pairing: true, ..LockConfig::default() }
}

fn room(request: PairingRequest, lock: LockConfig) -> Pair<PairingSession> {
    Pair::new(PairingSession::new(request, world(1)), SimulatedLock::new(lock, world(2)))
}

fn run(pair: &mut Pair<PairingSession>) -> PairingEvent {
    pair.connect();
    pair.wait();
    assert!(pair.phone.is_over());
    assert_eq!(pair.events.len(), 1, "{:?}", pair.events);
    pair.events.remove(0)
}

fn problem(event: &PairingEvent) -> PairingProblem {
    match event {
        PairingEvent::Failed { problem, .. } => *problem,
        PairingEvent::Paired { .. } => panic!("paired"),
    }
}

const BOTH: [Generation; 2] = [Generation::Classic, Generation::Ultra];

#[test]
fn a_paired_phone_opens_the_door() {
    for (generation, mtu) in BOTH.into_iter().flat_map(|g| [23, 100, 247, 517].map(|mtu| (g, mtu))) {
        let mut pair = room(request(generation), lock(generation));
        pair.mtu = mtu;
        let PairingEvent::Paired { credential, .. } = run(&mut pair) else { panic!("{generation:?} {mtu}") };
        assert_eq!(credential.pin, request(generation).pin, "an administrator keeps it");
        let mut door: Pair<LockSession> =
            Pair::new(LockSession::new(credential, 0x1a2b_3c4d, visitor("")), pair.lock);
        door.mtu = mtu;
        door.ask(Operation::Open);
        door.connect();
        door.wait_for(Duration::from_secs(10));
        assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
        assert_eq!(door.lock.report().movements[0].by, "Ada's phone");
    }
}

#[test]
fn who_is_no_administrator_keeps_no_pin_and_gets_an_app_id() {
    let mut request = request(Generation::Ultra);
    (request.administrator, request.app_id) = (false, None);
    let PairingEvent::Paired { credential, .. } = run(&mut room(request, lock(Generation::Ultra))) else {
        panic!("not paired")
    };
    assert!(credential.pin.is_none() && credential.app_id != 0);
}

#[test]
fn a_lock_that_is_not_in_pairing_mode_says_so() {
    for generation in BOTH {
        let config = LockConfig { pairing: false, ..lock(generation) };
        let mut pair = room(request(generation), config);
        assert_eq!(problem(&run(&mut pair)), PairingProblem::NotPairing);
        let mut pair = room(request(generation), LockConfig { pairing: false, ..lock(generation) });
        pair.lock.press_button(pair.lock_time());
        pair.wait_for(Duration::from_secs(121));
        assert_eq!(problem(&run(&mut pair)), PairingProblem::NotPairing, "after two minutes");
    }
}

#[test]
fn wrong_pins_and_missing_ones() {
    let with = |pin| PairingRequest { pin, ..request(Generation::Ultra) };
    let told = |request, lock| problem(&run(&mut room(request, lock)));
    assert_eq!(told(with(Some(1)), lock(Generation::Ultra)), PairingProblem::WrongPin);
    assert_eq!(told(with(None), lock(Generation::Ultra)), PairingProblem::NoPin);
    assert_eq!(told(with(Some(1_000_000)), lock(Generation::Ultra)), PairingProblem::NoPin);
    let mut pair = room(with(Some(1)), lock(Generation::Ultra));
    for n in 1..=6 {
        let expected = if n > 5 { PairingProblem::TooManyPins } else { PairingProblem::WrongPin };
        assert_eq!(problem(&run(&mut pair)), expected);
        pair = Pair::new(PairingSession::new(with(Some(1)), world(n)), pair.lock);
    }
}

#[test]
fn an_ultra_without_pin_takes_the_first_one() {
    let config = LockConfig { pin: None, ..lock(Generation::Ultra) };
    let mut pair = room(request(Generation::Ultra), config);
    assert!(matches!(run(&mut pair), PairingEvent::Paired { .. }));
    pair.lock.press_button(DeviceTime { uptime: pair.now, wall: morning() });
    let wrong = PairingRequest { pin: Some(1), ..request(Generation::Ultra) };
    let mut second = Pair::new(PairingSession::new(wrong, world(3)), pair.lock);
    second.now = pair.now;
    assert_eq!(problem(&run(&mut second)), PairingProblem::WrongPin);
}

#[test]
fn a_full_list_and_a_phone_that_replaces_itself() {
    for generation in BOTH {
        let full = LockConfig { room: 1, ..lock(generation) };
        let mut pair = room(request(generation), full);
        assert!(matches!(run(&mut pair), PairingEvent::Paired { .. }));
        pair.lock.press_button(pair.lock_time());
        let again = PairingSession::new(request(generation), world(4));
        let (now, mut pair) = (pair.now, Pair::new(again, pair.lock));
        pair.now = now;
        assert!(matches!(run(&mut pair), PairingEvent::Paired { .. }), "the same App-ID");
        assert_eq!(pair.lock.authorization_ids().count(), 1);
        pair.lock.press_button(pair.lock_time());
        let other = PairingRequest { app_id: Some(78), ..request(generation) };
        let (now, mut pair) = (pair.now, Pair::new(PairingSession::new(other, world(5)), pair.lock));
        pair.now = now;
        assert_eq!(problem(&run(&mut pair)), PairingProblem::Full);
    }
}

/// Neither side keeps what the other does not know: but the lock may know a phone that was cut off before it heard so.
#[test]
fn the_link_is_lost_or_a_packet_is_at_every_step() {
    for (generation, mtu) in [(Generation::Classic, 247), (Generation::Ultra, 247), (Generation::Classic, 23)]
    {
        for (n, air) in (1..30).flat_map(|n| {
            [Air::CutAt(n), Air::CutAfter(n), Air::Lose(n), Air::HangAfter(n), Air::StopAfter(n)]
                .map(|air| (n, air))
        }) {
            let mut pair = room(request(generation), lock(generation));
            (pair.mtu, pair.air) = (mtu, air);
            let told = run(&mut pair);
            let known = pair.lock.authorization_ids().count();
            match told {
                PairingEvent::Paired { credential, .. } => {
                    assert_eq!(pair.lock.authorization_ids().next(), Some(credential.authorization_id));
                }
                PairingEvent::Failed { problem: PairingProblem::Unconfirmed, .. } => assert!(known <= 1),
                PairingEvent::Failed { .. } => assert_eq!(known, 0, "{generation:?} {air:?} {n}"),
            }
        }
    }
}

/// A lock in between that lies: `say` is what it answers to the phone's n-th message.
fn lie(lines: &[&str]) -> PairingProblem {
    let mut phone = PairingSession::new(
        PairingRequest { name: "Spec Phone".into(), pin: None, ..request(Generation::Classic) },
        std::sync::Arc::new(super::script::Script::new(&["client_secret", "nA"])),
    );
    let now = terskel_model::Uptime::default();
    phone.connected(247, now);
    for line in lines {
        while phone.poll_transmit().is_some() {}
        let value = match *line {
            "zero" => encode_plain(&Message::new(3, [0; 32])),
            name => super::vectors::vector(name),
        };
        phone.received(PAIRING, &value, now);
    }
    assert!(phone.is_over() && phone.poll_transmit().is_none());
    problem(&phone.poll_event().unwrap())
}

#[test]
fn a_wrong_authenticator_of_the_lock_and_a_key_of_small_order() {
    let lines = ["B2_lock_public_key", "B4_lock_challenge", "B6_lock_challenge", "v21_authorization_id"];
    assert_eq!(lie(&lines), PairingProblem::BadAuthenticator);
    assert_eq!(lie(&["zero"]), PairingProblem::BadAuthenticator);
    assert_eq!(lie(&["B4_lock_challenge"]), PairingProblem::LockError, "out of turn");
    assert_eq!(lie(&["B2_lock_public_key", "F2_not_pairing"]), PairingProblem::NotPairing);
}

#[test]
fn wrong_authenticators_of_the_phone() {
    let now = DeviceTime { uptime: terskel_model::Uptime::default(), wall: morning() };
    let mut lock = lock_with(lock(Generation::Classic));
    lock.connected(247, now);
    lock.subscribed(PAIRING, now);
    let mut say = |message: &Message| {
        lock.written(PAIRING, &encode_plain(message), now);
        lock.poll_notify().unwrap().1
    };
    say(&Message::new(1, [3, 0]));
    let public = super::vectors::vector("client_public");
    say(&Message::new(3, public.clone()));
    assert_eq!(say(&Message::new(5, [9; 32]))[2], 0x11);
    assert_eq!(say(&Message::new(5, [9; 32]))[2], 0xff, "back to the start");
    say(&Message::new(1, [3, 0]));
    assert_eq!(say(&Message::new(3, [0; 32]))[2], 0x12, "a key of small order");
    say(&Message::new(1, [3, 0]));
    assert_eq!(say(&Message::new(3, &public[..31]))[2], 0xfe);
    assert_eq!(say(&Message::new(1, [4, 0]))[2], 0x12, "anything but the public key");
}

#[test]
fn giving_up_tells_so_once() {
    let mut pair = room(request(Generation::Classic), lock(Generation::Classic));
    pair.phone.command(PairingCommand::Close, pair.now);
    pair.phone.command(PairingCommand::Close, pair.now);
    assert_eq!(problem(&run(&mut pair)), PairingProblem::Closed);
}

#[test]
fn a_lock_that_was_reset_knows_nobody() {
    let mut door = Pair::new(session_of(paired()), lock_with(LockConfig::default()));
    door.lock.reset();
    door.ask(Operation::Open);
    door.connect();
    door.settle();
    let rejected = terskel_model::door::DoorReason::KeyRejected;
    assert_eq!(door.outcome(), (DoorOutcome::Refused, Some(rejected.clone())));
    assert_eq!(door.ended(), Some(Some(rejected)));
    let _: Credential = paired();
}
