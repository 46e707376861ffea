//! Targets for fuzzing: what dKey reads. See [`crate::fuzzing`].

mod lock;
mod phone;

use std::collections::VecDeque;

use crate::dkey::channel::{Channel, Side};
use crate::dkey::crypto::{SessionKeys, iv};
use crate::dkey::frame::{Collector, Frame, parse_padded, parse_plain};
use crate::dkey::message::{
    Ack, AssociationParameters, Changes, DisconnectRequest, Identification, LockName, Mode, StatusReport,
    UnlockAnswer, fixed, id, is_handshake,
};
use crate::dkey::{ActivationCode, Credential};
use crate::family::Setup;
use crate::fuzzing::{Holds, Input, room, visit};

pub use lock::{dkey_association, dkey_session};
pub use phone::dkey_device;

const DEVICE: [u8; 4] = [0x00, 0x19, 0x3a, 0xbc];
/// The most that a peer can make either side collect: a part more than a whole frame may have is refused.
const COLLECTED: usize = 120;

fn key() -> Credential {
    Credential { key_holder_id: [0x2c, 0, 0, 1], secret: [0x42; 32] }
}

fn keys() -> SessionKeys {
    SessionKeys::of_secret(&key().secret, iv([1, 2, 3, 4], &[7; 16]))
}

/// Frames in clear, sealed pieces, and pieces put together.
pub fn dkey_frames(bytes: &[u8]) {
    if let Ok(frame) = parse_plain(bytes) {
        assert_eq!(frame.to_bytes(), bytes, "a frame in clear has one form");
    }
    let mut collector = Collector::default();
    for piece in bytes.chunks(16) {
        let mut padded = [0; 16];
        padded.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
        let Ok(piece) = parse_padded(&padded) else { continue };
        match collector.add(piece) {
            Ok(Some(frame)) => {
                assert!(frame.payload.len() <= COLLECTED && frame.id < 0x80);
                assert!(!collector.is_partial());
                assert_eq!(together(&frame), Some(frame));
            }
            Ok(None) => assert!(collector.is_partial()),
            Err(_) => assert!(!collector.is_partial(), "what was wrong is dropped"),
        }
    }
}

/// A frame cut into pieces, and put together again.
fn together(frame: &Frame) -> Option<Frame> {
    let mut collector = Collector::default();
    frame.pieces().iter().find_map(|piece| {
        let mut padded = [0; 16];
        padded.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
        collector.add(parse_padded(&padded).ok()?).ok()?
    })
}

/// Every payload, as every message.
pub fn dkey_messages(bytes: &[u8]) {
    fn survives<T: PartialEq + std::fmt::Debug>(
        bytes: &[u8],
        decode: impl Fn(&[u8]) -> Option<T>,
        encode: impl Fn(&T) -> Frame,
    ) {
        if let Some(read) = decode(bytes) {
            let wire = encode(&read);
            assert!(wire.payload.len() == bytes.len(), "{read:?} has another length than its bytes");
            assert_eq!(decode(&wire.payload), Some(read));
        }
    }
    survives(bytes, Ack::decode, |read| read.encode());
    survives(bytes, AssociationParameters::decode, |read| read.encode());
    survives(bytes, Changes::decode, |read| read.encode(id::CHANGES));
    survives(bytes, DisconnectRequest::decode, |read| read.encode());
    survives(bytes, Identification::decode, |read| read.encode());
    survives(bytes, LockName::decode, LockName::encode);
    survives(bytes, Mode::decode, |read| crate::dkey::message::change_mode(*read));
    survives(bytes, StatusReport::decode, StatusReport::encode);
    survives(bytes, UnlockAnswer::decode, |read| read.encode());
    if let Some(changes) = Changes::decode(bytes) {
        let percent = changes.battery_percent().flatten().unwrap_or_default();
        assert!(percent <= 100);
        let _ = (changes.locked(), changes.door_open());
    }
    let _ = DisconnectRequest::decode(bytes).map(DisconnectRequest::name);
    assert_eq!(fixed::<16>(bytes).is_some(), bytes.len() == 16);
    assert_eq!(is_handshake(bytes), bytes == b"handshakecheck");
    if let Ok(credential) = Credential::from_bytes(bytes) {
        assert_eq!(credential.to_bytes().as_slice(), bytes);
    }
    if let Some(code) = std::str::from_utf8(bytes).ok().and_then(|text| ActivationCode::parse(text).ok()) {
        let again = std::str::from_utf8(code.ascii()).map(ActivationCode::parse);
        assert!(again.is_ok_and(|again| again.is_ok_and(|again| again.ascii() == code.ascii())));
    }
}

/// Two ends of a link, in clear or sealed, that are told to say anything, and hear noise now and then.
pub fn dkey_channel(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut ends = [Side::Phone, Side::Lock].map(|side| Channel::new(side, room::world(side as u64)));
    if input.byte().is_some_and(|choice| choice % 4 != 0) {
        ends[0].secure(keys().phone());
        ends[1].secure(keys().lock());
    }
    let mut sent: [VecDeque<Frame>; 2] = Default::default();
    let mut broken = false;
    while let Some(step) = input.byte() {
        let which = usize::from(step & 1);
        match step >> 1 & 3 {
            0 => {
                let Some([id, payload @ ..]) = input.chunk() else { continue };
                let payload = payload.get(..payload.len().min(COLLECTED)).unwrap_or_default();
                let frame = Frame::new(id & 0x7f, payload);
                // Acknowledgements of fragments are the channel's own.
                if frame.id != id::ACK {
                    sent[which].push_back(frame.clone());
                    ends[which].send(frame);
                }
            }
            1 => broken |= !noise(&mut ends[which], input.chunk().unwrap_or_default()),
            _ => {
                for _ in 0..64 {
                    let Some((lane, value, _)) = ends[which].poll() else { break };
                    match ends[1 - which].receive(Some(lane), &value) {
                        Ok(Some(frame)) if !broken && frame.id != id::ACK => {
                            let place = sent[which].iter().position(|sent| *sent == frame);
                            assert!(place.is_some(), "heard what nobody said: {frame:?}");
                            sent[which].remove(place.unwrap_or_default());
                            if crate::dkey::message::is_command(frame.id) {
                                ends[1 - which].ack(frame.id, 0);
                            }
                        }
                        Ok(_) => {}
                        Err(_) => broken = true,
                    }
                }
            }
        }
    }
}

/// Whether the end is as it was before. Sealed, even noise that does not open moves the keystream.
fn noise(end: &mut Channel, value: &[u8]) -> bool {
    let sealed = end.is_secure() && value.len() != 20;
    end.receive(None, value).is_err() && sealed
}

/// A phone at a lock, and an air that does what it likes. Frames of dKey can be forged by whoever flips known bits.
pub fn dkey_visit(bytes: &[u8]) {
    let credential = Some(zeroize::Zeroizing::new(key().to_bytes().to_vec()));
    let setup = Setup {
        device_id: "00193abc".into(),
        name: "Hallway".into(),
        locked: true,
        battery_percent: 80,
        credential,
        ..Setup::default()
    };
    visit(
        bytes,
        &crate::dkey::Dkey,
        setup,
        Holds { sealed: false, each_opening_moves: true, opening_said_once: true, locking_said_once: true },
    );
}
