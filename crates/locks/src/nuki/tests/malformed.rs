//! Random bytes into every decoder and both halves: they end, and never panic.

use proptest::prelude::*;
use terskel_model::door::{DoorOutcome, Operation};

use super::pair::{Pair, at_the_door, lock_with, world};
use super::vectors::{AUTHORIZATION, shared_key};
use crate::device::Device;
use crate::nuki::crypto::SharedKey;
use crate::nuki::device::LockConfig;
use crate::nuki::frame::{
    Collector, Head, Kind, Message, decode_plain, encode_inner, encode_plain, open, open_either, seal,
};
use crate::nuki::message::*;
use crate::nuki::phone::{PairingRequest, PairingSession};
use crate::nuki::{Credential, GENERAL, Generation, PAIRING, USER};
use crate::session::Session;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
}

/// Anything, and what is sealed rightly around anything.
fn values() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let sealed = (0u16..0x60, bytes(), any::<[u8; 24]>()).prop_map(|(command, payload, nonce)| {
        let inner = encode_inner(AUTHORIZATION, &Message::new(command, payload));
        seal(&shared_key("shared_key"), AUTHORIZATION, &nonce, &inner).unwrap()
    });
    let plain =
        (0u16..0x60, bytes()).prop_map(|(command, payload)| encode_plain(&Message::new(command, payload)));
    prop::collection::vec(prop_oneof![bytes(), sealed, plain], 1..12)
}

proptest! {
    #[test]
    fn decoders_take_anything(bytes in bytes(), needs in 0..3) {
        let _ = Head::decode(&bytes);
        let _ = decode_plain(&bytes);
        let _ = open(&shared_key("shared_key"), &bytes);
        let _ = open_either(&shared_key("shared_key"), &bytes);
        let _ = Credential::from_bytes(&bytes);
        let _ = AuthorizationData::decode(&bytes, &[0; 32]);
        let _ = AuthorizationId::decode(&bytes, &[0; 32]);
        let _ = UltraAuthorizationData::decode(&bytes);
        let _ = UltraAuthorizationId::decode(&bytes);
        let _ = BatteryReport::decode(&bytes).map(|read| read.encode());
        let _ = Config::decode(&bytes).map(|read| read.encode());
        let _ = Confirmation::decode(&bytes).map(|read| read.encode());
        let _ = Entry::decode(&bytes).map(|read| read.encode());
        let _ = ErrorReport::decode(&bytes).map(|read| read.encode());
        let _ = Invite::decode(&bytes).map(|read| read.encode());
        let _ = Invited::decode(&bytes).map(|read| read.encode());
        let _ = LockAction::decode(&bytes).map(|read| read.encode());
        let _ = LockAction::decode_simple(&bytes);
        let _ = LoggedEntry::decode(&bytes).map(|read| (read.encode(), read.tell(7)));
        let _ = RemoveEntry::decode(&bytes);
        let _ = RequestData::decode(&bytes);
        let _ = RequestEntries::decode(&bytes).map(|read| read.encode());
        let _ = RequestLog::decode(&bytes).map(|read| read.encode());
        let _ = SetConfig::decode(&bytes);
        let _ = States::decode(&bytes).map(|read| (read.encode(), read.battery_percent()));
        let _ = Status::decode(&bytes);
        let _ = UpdateEntry::decode(&bytes).map(|read| read.encode());
        let _ = UpdateTime::decode(&bytes);
        for generation in [Generation::Classic, Generation::Ultra] {
            let needs = [Needs::Nothing, Needs::Challenge, Needs::Pin][usize::try_from(needs).unwrap()];
            let _ = Proof::split(&bytes, needs, generation);
            let _ = SetPin::decode(&bytes, generation);
        }
    }

    #[test]
    fn a_collector_is_bounded(kind in 0..3usize, values in prop::collection::vec(bytes(), 0..40)) {
        let mut collector = Collector::new([Kind::Plain, Kind::Sealed, Kind::SealedOrError][kind]);
        for value in values {
            let _ = collector.add(&value, terskel_model::Uptime::default());
        }
    }

    #[test]
    fn messages_survive_their_wire(command: u16, payload in bytes(), id: u32, key: [u8; 32], nonce: [u8; 24]) {
        let message = Message::new(command, payload);
        prop_assert_eq!(decode_plain(&encode_plain(&message)), Ok(message.clone()));
        let key = SharedKey::new(&key);
        let sealed = seal(&key, id, &nonce, &encode_inner(id, &message)).unwrap();
        let opened = open(&key, &sealed).unwrap();
        prop_assert_eq!((opened.id, opened.nonce, opened.message), (id, nonce, message));
    }

    #[test]
    fn entries_and_limits_survive(
        id: u32, kind: u8, name in "[a-zæøå]{0,12}", enabled: bool, remote: bool, count: u16,
        from in 0i64..4_000_000_000, weekdays in 0u8..0x80, hour in 0u8..24, minute in 0u8..60, limited: bool,
    ) {
        let limits = Limits {
            from: terskel_model::Timestamp::from_timestamp(from, 0),
            until: None,
            weekdays: Weekdays(weekdays),
            daily_from: TimeOfDay { hour, minute },
            daily_until: TimeOfDay { hour: minute % 24, minute: hour },
        };
        let limits = limited.then_some(limits);
        let time = DateTime::of(terskel_model::Timestamp::from_timestamp(from, 0).unwrap());
        let entry = Entry {
            id, kind, name: name.clone(), enabled, remote, created: time, last_active: DateTime::NONE,
            lock_count: count, limits,
        };
        prop_assert_eq!(Entry::decode(&entry.encode().payload), Some(entry));
        let update = UpdateEntry { id, name, enabled, remote, limits };
        prop_assert_eq!(UpdateEntry::decode(&update.encode().payload), Some(update));
    }

    #[test]
    fn noise_moves_no_bolt(values in values()) {
        let mut door = at_the_door();
        door.prepare();
        for (n, value) in values.iter().enumerate() {
            let time = door.lock_time();
            door.lock.written([USER, GENERAL, PAIRING][n % 3], value, time);
            while door.lock.poll_notify().is_some() {}
        }
        prop_assert_eq!(door.lock.report().movements.len(), 0);
    }

    #[test]
    fn noise_makes_no_second_outcome(values in values(), given: bool) {
        let mut door = at_the_door();
        if given {
            door.prepare();
        }
        door.ask(Operation::Open);
        if !given {
            door.connect();
        }
        for (n, value) in values.iter().enumerate() {
            door.phone.received(if n % 4 == 3 { GENERAL } else { USER }, value, door.now);
            while door.phone.poll_transmit().is_some() {}
        }
        door.phone.disconnected(door.now);
        door.events.extend(std::iter::from_fn(|| door.phone.poll_event()));
        prop_assert_eq!(door.outcomes().len(), 1);
        prop_assert!(door.ended().is_some());
    }

    #[test]
    fn noise_of_others_opens_no_door(values in prop::collection::vec(bytes(), 1..12)) {
        let mut door = at_the_door();
        door.prepare();
        door.ask(Operation::Open);
        while door.phone.poll_transmit().is_some() {}
        for value in &values {
            door.phone.received(USER, value, door.now);
        }
        door.phone.disconnected(door.now);
        door.events.extend(std::iter::from_fn(|| door.phone.poll_event()));
        prop_assert_eq!(door.outcome().0, DoorOutcome::Unsure);
    }

    #[test]
    fn noise_makes_no_credential(values in values(), ultra: bool) {
        let generation = if ultra { Generation::Ultra } else { Generation::Classic };
        let pin = Some(1);
        let request =
            PairingRequest { generation, name: "Ada".into(), app_id: None, pin, administrator: false, unlatch: false };
        let mut pair = Pair::new(PairingSession::new(request, world(1)), lock_with(LockConfig::default()));
        pair.connect();
        let characteristic = pair.phone.profile().notify[0];
        for value in &values {
            pair.phone.received(characteristic, value, pair.now);
            while pair.phone.poll_transmit().is_some() {}
        }
        pair.phone.disconnected(pair.now);
        prop_assert_eq!(std::iter::from_fn(|| pair.phone.poll_event()).count(), 1);
    }
}
