//! Random bytes into both halves: they end, and never panic.

use proptest::prelude::*;
use terskel_model::door::Operation;
use terskel_model::{Timestamp, Uptime};

use super::pair::{Pair, at_the_door, lock_with, world};
use super::vectors::CODE;
use crate::device::{Device, DeviceTime};
use crate::dkey::device::LockConfig;
use crate::dkey::phone::AssociationSession;
use crate::dkey::{ActivationCode, FROM_SERVER, TO_SERVER};
use crate::session::Session;
use crate::testing::room::Air;

/// Anything, and what looks like a frame.
fn values() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let frame = (0u8..0x60, prop::collection::vec(any::<u8>(), 0..19))
        .prop_map(|(id, payload)| [vec![id, u8::try_from(payload.len()).unwrap()], payload].concat());
    let value = prop_oneof![prop::collection::vec(any::<u8>(), 0..40), frame];
    prop::collection::vec(value, 1..12)
}

proptest! {
    #[test]
    fn noise_moves_no_bolt(values in values(), after in 0usize..24) {
        let now = DeviceTime { uptime: Uptime::default(), wall: Timestamp::UNIX_EPOCH };
        let mut door = at_the_door();
        door.air = Air::Lose(after);
        door.connect();
        door.settle();
        for (n, value) in values.iter().enumerate() {
            door.lock.written(if n % 2 == 0 { TO_SERVER } else { FROM_SERVER }, value, now);
            while door.lock.poll_notify().is_some() {}
        }
        prop_assert_eq!(door.lock.report().movements.len(), 0);
    }

    #[test]
    fn noise_opens_no_door_on_the_phone(values in values()) {
        let mut door = at_the_door();
        door.ask(Operation::Open);
        door.connect();
        for value in &values {
            door.phone.received(TO_SERVER, value, door.now);
            while door.phone.poll_transmit().is_some() {}
        }
        door.phone.disconnected(door.now);
        door.events.extend(std::iter::from_fn(|| door.phone.poll_event()));
        prop_assert_eq!(door.outcomes().len(), 1);
        prop_assert!(door.outcomes()[0].0 != terskel_model::door::DoorOutcome::Opened);
    }

    #[test]
    fn noise_makes_no_credential(values in values()) {
        let code = ActivationCode::parse(CODE).unwrap();
        let mut pair = Pair::new(AssociationSession::new(code, world(1)), lock_with(LockConfig::default()));
        pair.connect();
        for value in &values {
            pair.phone.received(FROM_SERVER, value, pair.now);
            while pair.phone.poll_transmit().is_some() {}
        }
        pair.phone.disconnected(pair.now);
        let told = std::iter::from_fn(|| pair.phone.poll_event()).count();
        prop_assert_eq!(told, 1);
    }
}
