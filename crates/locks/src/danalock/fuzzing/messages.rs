//! Commands, broadcasts, certificates and credentials.

use std::fmt::Debug;

use super::{LOCK, SERIAL};
use crate::danalock::Credential;
use crate::danalock::afi::{
    CalibrationPoint, Command, Event, Information, Message, Operate, PowerSource, SetUtc, Setting, Settings,
    State, Status,
};
use crate::danalock::broadcast::{Broadcast, COMPANY, Eavesdropper, sender};
use crate::danalock::certificate::Certificate;
use crate::family::{Eavesdropper as _, Heard};
use crate::fuzzing::Input;

/// The payload of a request.
fn body(request: &[u8]) -> &[u8] {
    request.get(3..).unwrap_or_default()
}

fn survives<T: PartialEq + Debug>(read: Option<T>, again: impl Fn(&T) -> Option<T>) {
    if let Some(read) = read {
        assert_eq!(again(&read).as_ref(), Some(&read));
    }
}

/// Every command, result and event.
pub fn danalock_afi(bytes: &[u8]) {
    match Message::decode(bytes) {
        Some(Message::Request { command, payload }) => assert_eq!(command.request(payload), bytes),
        Some(Message::Result { command, status, payload }) => {
            assert_eq!(command.result(status, payload), bytes);
            let status = Status(status);
            assert!(!(status.is_done() && status.may_have_moved()), "{status}");
            let _ = status.reason();
        }
        Some(Message::Event { class, event, payload }) => {
            survives(Event::decode(class, event, payload), |state| {
                Event::decode(4, 1, body(&Event::encode(*state)))
            });
        }
        None => assert!(bytes.len() < 4 || !(1..=3).contains(&bytes[0])),
    }
    survives(CalibrationPoint::decode(bytes), |read| CalibrationPoint::decode(body(&read.encode())));
    survives(Information::decode(bytes), |read| Information::decode(&read.encode()));
    survives(Operate::decode(bytes), |read| Operate::decode(body(&read.encode())));
    survives(Some(PowerSource::decode(bytes)), |read| Some(PowerSource::decode(&read.encode())));
    survives(Some(Settings::decode(bytes)), |read| Some(Settings::decode(&read.encode())));
    survives(Setting::decode(bytes), |read| Setting::decode(body(&read.encode())));
    survives(State::decode(bytes), |read| State::decode(&read.encode()));
    survives(SetUtc::decode(bytes), |read| SetUtc::decode(body(&read.encode())));
    assert!(PowerSource::decode(bytes).battery_percent().is_none_or(|percent| percent <= 100));
    if let Some(utc) = SetUtc::decode(bytes) {
        assert_eq!(utc.time().and_then(SetUtc::at), Some(utc));
    }
    let _ = (Settings::request(), Command::LOGIN);
}

/// What is sent to everybody, sealed rightly or not.
pub fn danalock_broadcast(bytes: &[u8]) {
    let Some((_, lock)) = LOCK.as_ref() else { return };
    let mut ear = Eavesdropper::new(SERIAL, lock.broadcast_key.clone());
    let mut last: Option<u16> = None;
    let mut input = Input::new(bytes);
    while let Some(chunk) = input.chunk() {
        let right = match chunk {
            [c0, c1, d0, d1, battery, l0, l1] => Some(Broadcast {
                counter: u16::from_le_bytes([*c0, *c1]),
                device_flags: u16::from_le_bytes([*d0, *d1]),
                battery: *battery,
                lock_flags: u16::from_le_bytes([*l0, *l1]),
            }),
            _ => None,
        };
        let data = right.map_or_else(|| chunk.to_vec(), |told| told.encode(SERIAL, &lock.broadcast_key));
        if let Some(read) = Broadcast::decode(&data, &lock.broadcast_key) {
            let sender = sender(&data).unwrap_or(SERIAL);
            assert_eq!(
                Broadcast::decode(&read.encode(sender, &lock.broadcast_key), &lock.broadcast_key),
                Some(read)
            );
        }
        let manufacturer = [(COMPANY, data)];
        let heard = Heard { address: None, name: None, services: &[], manufacturer: &manufacturer };
        let told = ear.hear(&heard);
        if let (Some(right), Some(state)) = (right, told) {
            assert!(last.is_none_or(|last| right.is_newer_than(last)), "an older state is told");
            assert!(state.battery_percent.is_none_or(|percent| percent <= 100));
            last = Some(right.counter);
        }
        assert_eq!(ear.hear(&heard), None, "the same twice");
    }
}

/// A certificate ends where it says that it ends, and every part of it counts.
pub fn danalock_certificate(bytes: &[u8]) {
    let Some(read) = Certificate::decode(bytes) else { return };
    let _ = read.fingerprint();
    let longer = [bytes, &[0]].concat();
    assert_eq!(Certificate::decode(&longer), None, "something follows a certificate");
    assert_eq!(bytes.split_last().and_then(|(_, shorter)| Certificate::decode(shorter)), None);
    assert_eq!(read.point[0], 4);
}

/// What a digital key carries for a lock has one form.
pub fn danalock_credential(bytes: &[u8]) {
    if let Ok(credential) = Credential::from_bytes(bytes) {
        assert_eq!(credential.to_bytes().as_slice(), bytes);
        assert!(Credential::from_bytes(&[bytes, &[0]].concat()).is_err());
    }
}
