//! Targets for fuzzing: what Nuki reads. See [`crate::fuzzing`].

mod lock;
mod messages;
mod phone;

use terskel_model::Uptime;

use crate::family::Setup;
use crate::fuzzing::{Holds, Input, visit};
use crate::nuki::crypto::SharedKey;
use crate::nuki::frame::{
    Collector, Crc, Head, Kind, Message, Whole, decode_plain, encode_inner, encode_plain, open, open_either,
    seal,
};
use crate::nuki::{Credential, Generation};

pub use lock::{nuki_authorizations, nuki_pairing, nuki_session};
pub use messages::nuki_messages;
pub use phone::nuki_device;

const AUTHORIZATION: u32 = 0x0034_5c01;
const NUKI_ID: u32 = 0x1a2b_3c4d;
const PIN: u32 = 1234;

fn credential(pin: Option<u32>, unlatch: bool) -> Credential {
    Credential {
        authorization_id: AUTHORIZATION,
        shared_key: [0x42; 32],
        app_id: 0x1234_abcd,
        generation: Generation::Classic,
        pin,
        unlatch,
    }
}

fn key() -> SharedKey {
    SharedKey::new(&[0x42; 32])
}

/// Sealed rightly, with a number in place of a random nonce.
fn sealed(message: &Message, number: u32) -> Vec<u8> {
    let mut nonce = [0; 24];
    nonce[..4].copy_from_slice(&number.to_le_bytes());
    seal(&key(), AUTHORIZATION, &nonce, &encode_inner(AUTHORIZATION, message)).unwrap_or_default()
}

/// A command and its payload, as the input says.
fn message(chunk: &[u8]) -> Message {
    let (command, payload) = chunk.split_first().map_or((0, chunk), |(command, payload)| (*command, payload));
    Message::new(command.into(), payload)
}

/// Messages in clear and sealed, whole and in fragments.
pub fn nuki_frames(bytes: &[u8]) {
    if let Ok(read) = decode_plain(bytes) {
        assert_eq!(encode_plain(&read), bytes, "a message in clear has one form");
    }
    if let Ok(head) = Head::decode(bytes) {
        assert!((54..=542).contains(&head.whole()));
    }
    for opened in [open(&key(), bytes), open_either(&key(), bytes)].into_iter().flatten() {
        let again = seal(&key(), opened.id, &opened.nonce, &encode_inner(opened.id, &opened.message));
        let again = again.and_then(|bytes| open(&key(), &bytes).ok());
        assert!(again.is_some_and(|again| again.message == opened.message && again.crc == Crc::Right));
    }
    let mut input = Input::new(bytes);
    let choice = input.byte().unwrap_or_default();
    collect(choice, &mut input);
    let text = input.rest();
    if let Ok(read) = decode_plain(&encode_plain(&message(text))) {
        assert_eq!(read, message(text));
    }
    if text.len() <= 480 {
        whole_again(&message(text), text);
    }
}

/// Whatever comes, a collector keeps no more than a message; what it takes for whole has the length that it says.
fn collect(choice: u8, input: &mut Input<'_>) {
    let kind = [Kind::Plain, Kind::Sealed, Kind::SealedOrError][usize::from(choice % 3)];
    let mut collector = Collector::new(kind);
    let mut now = Uptime::default();
    for _ in 0..choice / 3 {
        let Some(value) = input.chunk() else { break };
        match collector.add(value, now) {
            Ok(Some(Whole::Sealed(whole))) => {
                assert_eq!(Head::decode(&whole).map(|head| head.whole()), Ok(whole.len()));
            }
            Ok(Some(Whole::Plain(whole))) => assert!(whole.len() <= 88 + 255),
            Ok(None) => assert!(collector.collected() < 542, "more than a message is kept"),
            Err(_) => assert_eq!(collector.collected(), 0, "after an error it is empty"),
        }
        if value.is_empty() {
            now = now + std::time::Duration::from_secs(3);
        }
    }
}

/// A sealed message is whole again however it was cut.
fn whole_again(message: &Message, cuts: &[u8]) {
    let wire = sealed(message, 1);
    let mut collector = Collector::new(Kind::Sealed);
    let mut whole = None;
    for piece in Input::new(cuts).cut(&wire).into_iter().filter(|piece| !piece.is_empty()) {
        assert_eq!(whole, None, "whole before all of it was there");
        whole = collector.add(piece, Uptime::default()).ok().flatten();
    }
    assert_eq!(whole, Some(Whole::Sealed(wire)));
}

/// A phone at a lock, and an air that does what it likes.
pub fn nuki_visit(bytes: &[u8]) {
    let (choice, bytes) = bytes.split_first().map_or((0, bytes), |(choice, rest)| (*choice, rest));
    let (pin, latch) = ((choice & 1 != 0).then_some(PIN), choice & 2 != 0);
    let setup = Setup {
        device_id: format!("{NUKI_ID:08X}"),
        name: "Hallway".into(),
        locked: true,
        battery_percent: 80,
        credential: Some(credential(pin, latch).to_bytes()),
        ..Setup::default()
    };
    // The latch is pulled for each opening, and never twice for one.
    let holds =
        Holds { sealed: true, each_opening_moves: latch, opening_said_once: latch, locking_said_once: false };
    visit(bytes, &crate::nuki::Nuki, setup, holds);
}
