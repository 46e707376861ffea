//! Targets for fuzzing: what a hub and its phones read. See [`crate::fuzzing`].

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use terskel_keys::badge::{self, Badge};
use terskel_keys::receipt::{self, Direction, HubKey, Receipt};
use terskel_keys::{Authority, PhoneIdentity};
use terskel_model::{DispatchId, HubId, PhoneId, Uptime, WorkerId};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::device::{HubConfig, SimulatedHub};
use super::frame::{Assembler, MAX_MESSAGE, split};
use super::message::{
    Answer, Request, decode_answer, decode_request, encode_answer, encode_request, signed_bytes,
};
use super::phone::{HubCommand, HubEvent, HubIdentity, HubSession};
use super::{ANSWER, HubRefusal, REQUEST};
use crate::device::{Device, DeviceTime};
use crate::fuzzing::{Input, Room, room};
use crate::session::Session;

const HUB: HubId = HubId(Uuid::from_u128(0x4b));
const SEED: [u8; 32] = [0x4b; 32];
const ADA: WorkerId = WorkerId(Uuid::from_u128(0xada));
const PHONE: PhoneId = PhoneId(Uuid::from_u128(0xada1));

fn visit(choice: u8) -> DispatchId {
    DispatchId(Uuid::from_u128(u128::from(choice)))
}

fn station() -> Authority {
    Authority::from_seed(&[0x51; 32])
}

/// Nothing but seeds that are good goes in.
fn identity() -> Option<Arc<PhoneIdentity>> {
    PhoneIdentity::from_bytes(&[0xa1; 64]).ok().map(Arc::new)
}

fn badge() -> Option<Vec<u8>> {
    let issued_at = room::wall(Uptime::default());
    let expires = issued_at + Duration::from_secs(8 * 60 * 60);
    let badge =
        Badge { worker: ADA, phone: PHONE, signing_key: identity()?.public().signing, issued_at, expires };
    badge::issue(&station(), &badge).ok()
}

fn session() -> Option<HubSession> {
    let public_key = HubKey::from_seed(&SEED).public_key();
    Some(HubSession::new(HubIdentity { hub: HUB, public_key }, badge()?, identity()?, ADA, PHONE))
}

fn hub() -> SimulatedHub {
    let authority = station().public_key().into();
    let config = HubConfig { hub: HUB, seed: Zeroizing::new(SEED), authority, name: "Hub".into() };
    SimulatedHub::new(config, room::world(2))
}

/// Messages in pieces: bounded, and whole again at any MTU.
pub fn hub_frames(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mtu = 2 * usize::from(input.byte().unwrap_or_default()) + bytes.len() % 2;
    let mut assembler = Assembler::default();
    for _ in 0..input.byte().unwrap_or_default() {
        let Some(value) = input.chunk() else { break };
        if let Ok(Some(whole)) = assembler.push(value) {
            assert!(whole.len() <= MAX_MESSAGE);
        }
        assert!(assembler.collected() <= MAX_MESSAGE, "more than a message is kept");
    }
    let message = input.rest();
    if message.is_empty() || message.len() > MAX_MESSAGE {
        return;
    }
    let pieces = split(message, mtu);
    let heard: Vec<_> = pieces.iter().map(|piece| assembler.push(piece)).collect();
    assert_eq!(heard.last(), Some(&Ok(Some(message.to_vec()))), "whatever came before");
    assert!(heard.iter().rev().skip(1).all(|early| *early == Ok(None)));
}

/// Requests and answers.
pub fn hub_messages(bytes: &[u8]) {
    if let Ok(request) = decode_request(bytes) {
        assert_eq!(encode_request(&request), bytes, "a request has one form");
    }
    if let Some(answer) = decode_answer(bytes) {
        // A refusal that nobody knows is one that nobody knows.
        let unknown = matches!(&answer, Answer::Refused { reason, .. } if reason.to_byte().is_none());
        let wire = encode_answer(&answer);
        assert!(unknown || wire == bytes, "an answer has one form");
        assert_eq!(wire.len(), bytes.len());
    }
    if let Ok(receipt) = receipt::verify(bytes, &HubKey::from_seed(&SEED).public_key()) {
        assert_eq!(receipt::sign(&HubKey::from_seed(&SEED), &receipt), bytes);
    }
}

fn command(choice: u8) -> HubCommand {
    match choice % 8 {
        0..=3 => HubCommand::CheckIn { visit: visit(choice / 128) },
        4..=6 => HubCommand::CheckOut { visit: visit(choice / 128) },
        _ => HubCommand::Close,
    }
}

/// One answer for each question, and one end.
fn judge(events: &[HubEvent], asked: usize) {
    let answered = |e: &&HubEvent| matches!(e, HubEvent::Receipt { .. } | HubEvent::Refused { .. });
    assert_eq!(events.iter().filter(answered).count(), asked, "{events:?}");
    assert_eq!(events.iter().filter(|e| matches!(e, HubEvent::Ended { .. })).count(), 1, "{events:?}");
    assert!(events.iter().filter(|e| matches!(e, HubEvent::Ready)).count() <= 1, "{events:?}");
}

fn receipts(events: &[HubEvent]) -> Vec<&Receipt> {
    let all = events.iter();
    all.filter_map(|event| if let HubEvent::Receipt { receipt, .. } = event { Some(receipt) } else { None })
        .collect()
}

/// A phone at a hub, and an air that does what it likes: no receipt that the hub has not given.
pub fn hub_visit(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mtu = 23 + 2 * usize::from(input.byte().unwrap_or_default());
    let Some(phone) = session() else { return };
    let mut room = Room::new(phone, Box::new(hub()), mtu);
    let asked = Cell::new(0);
    room.play(&mut input, |choice| {
        let command = command(choice);
        asked.set(asked.get() + usize::from(command != HubCommand::Close));
        command
    });
    judge(&room.events, asked.get());
    let told = receipts(&room.events);
    assert!(told.len() <= room.device.report().movements.len(), "a receipt that was not given");
    assert!(told.is_sorted_by(|a, b| a.counter < b.counter), "a receipt that was told before");
}

/// A phone at a hub that has its key and says anything: it believes what it asked for, once.
pub fn hub_session(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let Some(mut phone) = session() else { return };
    let mut now = Uptime::default();
    let mtu = 23 + 2 * usize::from(input.byte().unwrap_or_default());
    phone.connected(mtu, now);
    let mut asked = 0;
    while let Some(step) = input.byte() {
        let chunk = input.chunk().unwrap_or_default();
        match step % 8 {
            0 => phone.received(ANSWER, chunk, now),
            1 => say(&mut phone, &Answer::Challenge { version: 1, challenge: [step; 16] }, now),
            2 => {
                let refused = Answer::Refused { reason: HubRefusal::from_byte(step / 8), next: [step; 16] };
                say(&mut phone, &refused, now);
            }
            3 => say(&mut phone, &signed(chunk), now),
            4 => split(chunk, mtu).iter().for_each(|piece| phone.received(ANSWER, piece, now)),
            5 => {
                now = now + Duration::from_millis(u64::from(step) * 20);
                phone.timed_out(now);
            }
            _ => {
                let command = command(chunk.first().copied().unwrap_or_default());
                asked += usize::from(command != HubCommand::Close);
                phone.command(command, now);
            }
        }
        // A request with a badge, in pieces, or a call.
        let values = std::iter::from_fn(|| phone.poll_transmit()).count();
        assert!(values <= 64, "too much for one answer");
    }
    phone.disconnected(now);
    assert!(phone.poll_transmit().is_none() && phone.poll_timeout().is_none() && phone.is_over());
    let events: Vec<_> = std::iter::from_fn(|| phone.poll_event()).collect();
    judge(&events, asked);
    for receipt in receipts(&events) {
        assert_eq!((receipt.hub, receipt.worker, receipt.phone), (HUB, ADA, PHONE));
    }
    assert!(receipts(&events).is_sorted_by(|a, b| a.counter < b.counter), "a receipt that was told before");
}

fn say(phone: &mut HubSession, answer: &Answer, now: Uptime) {
    for piece in split(&encode_answer(answer), 185) {
        phone.received(ANSWER, &piece, now);
    }
}

/// A receipt with the hub's signature, right but for what the input says.
fn signed(chunk: &[u8]) -> Answer {
    let at = |place: usize| chunk.get(place).copied().unwrap_or_default();
    let receipt = Receipt {
        hub: if at(0) & 1 == 0 { HUB } else { HubId(Uuid::nil()) },
        worker: if at(0) & 2 == 0 { ADA } else { WorkerId(Uuid::nil()) },
        phone: if at(0) & 4 == 0 { PHONE } else { PhoneId(Uuid::nil()) },
        visit: visit(at(0) >> 7),
        direction: if at(0) & 8 == 0 { Direction::In } else { Direction::Out },
        at: room::wall(Uptime::default()),
        counter: at(1).into(),
    };
    Answer::Receipt { next: [at(2); 16], signed: receipt::sign(&HubKey::from_seed(&SEED), &receipt) }
}

/// A hub that hears anything, signed by the phone of the badge or not: it checks nobody in without a request of theirs.
pub fn hub_device(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut hub = hub();
    let (Some(badge), Some(identity)) = (badge(), identity()) else { return };
    let mut now = Uptime::default();
    let time = |uptime| DeviceTime { uptime, wall: room::wall(uptime) };
    let mtu = 23 + 2 * usize::from(input.byte().unwrap_or_default());
    hub.connected(mtu, time(now));
    hub.subscribed(ANSWER, time(now));
    let (mut challenge, mut signed) = ([0; 16], 0);
    while let Some(step) = input.byte() {
        let mut values = 0;
        let mut assembler = Assembler::default();
        while let Some((_, value)) = hub.poll_notify() {
            values += 1;
            match assembler.push(&value).ok().flatten().and_then(|whole| decode_answer(&whole)) {
                Some(Answer::Challenge { challenge: next, .. })
                | Some(Answer::Receipt { next, .. } | Answer::Refused { next, .. }) => challenge = next,
                None => {}
            }
        }
        assert!(values <= 16, "too much for one answer");
        let chunk = input.chunk().unwrap_or_default();
        match step % 8 {
            0 | 1 => hub.written(REQUEST, chunk, time(now)),
            2 => split(chunk, mtu).iter().for_each(|piece| hub.written(REQUEST, piece, time(now))),
            3 => {
                now = now + Duration::from_secs(u64::from(step) * 60);
                hub.timed_out(time(now));
                let _ = hub.poll_disconnect();
            }
            _ => {
                let direction = if step & 8 == 0 { Direction::In } else { Direction::Out };
                let mut badge = badge.clone();
                badge.iter_mut().zip(chunk).for_each(|(byte, change)| *byte ^= change);
                let over = signed_bytes(HUB, &challenge, visit(step >> 7), direction, &badge);
                let signature = identity.sign(&over);
                signed += 1;
                let request = Request { direction, visit: visit(step >> 7), badge, signature };
                for piece in split(&encode_request(&request), mtu) {
                    hub.written(REQUEST, &piece, time(now));
                }
            }
        }
        assert!(hub.report().movements.len() <= signed, "checked in without a request");
    }
}
