//! Every payload, as every message.

use std::fmt::Debug;

use crate::nuki::crypto::Authenticator;
use crate::nuki::fuzzing::key;
use crate::nuki::message::*;
use crate::nuki::{Credential, Generation};

const PROOF: [u8; 32] = [7; 32];

/// What was read survives being written. Text that was no UTF-8 is written with replacement characters, which may need
/// more room than there is: then it has to be the same from the second time on.
fn survives<T: PartialEq + Debug>(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Option<T>,
    encode: impl Fn(&T) -> crate::nuki::frame::Message,
) {
    let Some(read) = decode(bytes) else { return };
    let wire = encode(&read).payload;
    let again = decode(&wire);
    if format!("{read:?}").contains('\u{fffd}') {
        let settled = again.as_ref().map(|again| encode(again).payload);
        assert_eq!(settled.and_then(|wire| decode(&wire)), again);
    } else {
        assert_eq!(again, Some(read));
    }
}

/// Every message that either side reads, and credentials.
pub fn nuki_messages(bytes: &[u8]) {
    survives(bytes, BatteryReport::decode, BatteryReport::encode);
    survives(bytes, Config::decode, Config::encode);
    survives(bytes, Confirmation::decode, Confirmation::encode);
    survives(bytes, Entry::decode, Entry::encode);
    survives(bytes, ErrorReport::decode, |read| read.encode());
    survives(bytes, Invited::decode, |read| read.encode());
    survives(bytes, LockAction::decode, LockAction::encode);
    survives(bytes, LoggedEntry::decode, LoggedEntry::encode);
    survives(bytes, |bytes| RemoveEntry::decode(bytes).map(|read| read.0), |id| RemoveEntry(*id).encode());
    survives(bytes, |bytes| RequestData::decode(bytes).map(|read| read.0), |id| RequestData(*id).encode());
    survives(bytes, RequestEntries::decode, |read| read.encode());
    survives(bytes, RequestLog::decode, |read| read.encode());
    survives(bytes, States::decode, States::encode);
    survives(bytes, Status::decode, |read| read.encode());
    survives(bytes, UltraAuthorizationId::decode, UltraAuthorizationId::encode);
    survives(bytes, UpdateEntry::decode, UpdateEntry::encode);
    survives(bytes, |bytes| UpdateTime::decode(bytes).map(|read| read.0), |at| UpdateTime(*at).encode());
    proven(bytes);
    read_only(bytes);
    a_state_in_part_says_nothing_else(bytes);
    if let Ok(credential) = Credential::from_bytes(bytes) {
        assert_eq!(credential.to_bytes().as_slice(), bytes, "a credential has one form");
    }
}

/// Messages with an authenticator: it is right if it was made over what is read.
fn proven(bytes: &[u8]) {
    let right = |tag: &[u8; 32], covered: &Authenticator| covered.is(tag, &key());
    if let Some((read, _, _)) = AuthorizationData::decode(bytes, &PROOF) {
        let wire = read.encode(&PROOF, &key()).payload;
        let again = AuthorizationData::decode(&wire, &PROOF);
        assert!(again.is_some_and(|(_, tag, covered)| right(&tag, &covered)));
    }
    if let Some((read, _, _)) = AuthorizationId::decode(bytes, &PROOF) {
        let wire = read.encode(&PROOF, &key()).payload;
        let again = AuthorizationId::decode(&wire, &PROOF);
        assert!(again.is_some_and(|(again, tag, covered)| again == read && right(&tag, &covered)));
    }
    for generation in [Generation::Classic, Generation::Ultra] {
        for needs in [Needs::Nothing, Needs::Challenge, Needs::Pin] {
            if let Some((body, proof)) = Proof::split(bytes, needs, generation) {
                let message = crate::nuki::frame::Message::new(1, body);
                assert_eq!(proof.complete(generation, message).payload.as_slice(), bytes);
            }
        }
        if let Some(SetPin(pin)) = SetPin::decode(bytes, generation) {
            assert!(pin <= generation.largest_pin());
        }
    }
}

/// What is only read, and what is made of it.
fn read_only(bytes: &[u8]) {
    if let Some(invite) = Invite::decode(bytes) {
        assert_eq!(invite.encode().payload.len(), bytes.len());
    }
    let _ = (UltraAuthorizationData::decode(bytes), LockAction::decode_simple(bytes), flag(bytes));
    let _ = SetConfig::decode(bytes);
    if let Some(entry) = LoggedEntry::decode(bytes) {
        let told = entry.tell(7);
        assert_eq!((told.index, told.ours), (entry.index, entry.authorization == 7));
    }
    if let Some(states) = States::decode(bytes) {
        assert!(states.battery_percent().is_none_or(|percent| percent <= 100));
        let _ = (states.locked(), states.door_open(), states.is_moving(), states.is_unfamiliar());
        if let Some(at) = states.time.timestamp() {
            assert_eq!(DateTime::of(at), states.time);
        }
    }
}

/// Older firmware sends less of the states. Less of them may leave open what more would say, and never say another
/// thing.
fn a_state_in_part_says_nothing_else(bytes: &[u8]) {
    let Some(whole) = States::decode(bytes) else { return };
    for length in 15..bytes.len().min(24) {
        let Some(part) = bytes.get(..length).and_then(States::decode) else { continue };
        assert!(part.last.is_none() || part.last == whole.last);
        assert!(
            part.door.is_none() || part.door == whole.door,
            "{length} bytes say another thing of the door"
        );
        assert!(part.night_mode.is_none() || part.night_mode == whole.night_mode);
        assert!(part.accessory_battery.is_none() || part.accessory_battery == whole.accessory_battery);
    }
}
