//! Stories of a door that opens and locks.

use std::time::Duration;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::pair::{Pair, adas_phone, at_the_door, lock_with};
use crate::device::{Device, DeviceFault};
use crate::dkey::device::LockConfig;
use crate::lock::{LockCommand, LockDescription, LockEvent};
use crate::session::Session;
use crate::testing::room::Air;

#[test]
fn a_cold_opening_takes_five_exchanges_in_six_turns_of_the_link() {
    let mut door = at_the_door();
    door.ask(Operation::Open);
    door.connect();
    // From here the count goes to the packet that brings the outcome.
    door.air = Air::CutAfter(packets_until_outcome());
    door.settle();
    assert_eq!(door.outcomes(), [(DoorOutcome::Opened, None)]);
    assert_eq!(door.turns, 6);
    // The name comes in two fragments, which the link needs a turn of its own for: one exchange of the protocol.
    assert_eq!(door.phone.round_trips(), 5);
}

fn packets_until_outcome() -> usize {
    let mut door = at_the_door();
    door.ask(Operation::Open);
    (1..100)
        .find(|n| {
            let mut door = at_the_door();
            door.ask(Operation::Open);
            door.connect();
            door.air = Air::CutAfter(*n);
            door.settle();
            door.outcomes() == [(DoorOutcome::Opened, None)]
        })
        .unwrap()
}

#[test]
fn a_prepared_opening_takes_one_turn() {
    let mut door = at_the_door();
    door.connect();
    door.settle();
    let ours = |lock: &LockDescription| lock.name == "Hallway" && lock.device_id == "00193abc";
    assert!(door.events.iter().any(|event| matches!(event, LockEvent::Ready(lock) if ours(lock))));
    (door.turns, door.packets) = (0, 0);
    let before = door.phone.round_trips();
    door.ask(Operation::Open);
    door.air = Air::CutAfter(2);
    door.settle();
    assert_eq!(door.phone.round_trips() - before, 1);
    assert_eq!((door.turns, door.outcomes()), (1, vec![(DoorOutcome::Opened, None)]));
}

#[test]
fn state_and_battery_are_known_without_asking() {
    let mut door = at_the_door();
    door.connect();
    door.settle();
    let state = door.state();
    assert_eq!((state.locked, state.door_open, state.battery_percent), (Some(true), Some(false), Some(100)));
    door.ask(Operation::Open);
    door.settle();
    assert_eq!(door.state().locked, Some(false));
    door.lock.inject(DeviceFault::Battery(30));
    door.settle();
    assert_eq!((door.state().battery_percent, door.lock.report().battery_percent), (Some(25), Some(30)));
}

#[test]
fn opening_cold_switches_notifications_on_afterwards() {
    let mut door = at_the_door();
    door.ask(Operation::Open);
    door.connect();
    door.settle();
    assert_eq!(door.outcomes(), [(DoorOutcome::Opened, None)]);
    assert_eq!((door.state().locked, door.moved("unlocked")), (Some(false), 1));
}

#[test]
fn ada_opens_and_locks_again_and_leaves() {
    let mut door = at_the_door();
    door.connect();
    for operation in [Operation::Open, Operation::Lock] {
        door.ask(operation);
        door.settle();
    }
    assert_eq!(door.outcomes(), [(DoorOutcome::Opened, None), (DoorOutcome::Locked, None)]);
    assert_eq!(
        (door.moved("unlocked"), door.moved("locked"), door.lock.report().state.as_str()),
        (1, 1, "locked")
    );
    door.phone.command(LockCommand::Close, door.now);
    door.settle();
    assert_eq!(door.ended(), Some(None));
}

#[test]
fn locking_cold_waits_until_its_outcome_can_be_heard() {
    let mut door = Pair::new(adas_phone(), lock_with(LockConfig { locked: false, ..LockConfig::default() }));
    door.ask(Operation::Lock);
    door.connect();
    door.settle();
    assert_eq!((door.outcomes(), door.moved("locked")), (vec![(DoorOutcome::Locked, None)], 1));
}

#[test]
fn a_second_operation_while_one_is_open_is_refused() {
    let mut door = at_the_door();
    door.ask(Operation::Open);
    door.ask(Operation::Open);
    door.connect();
    door.settle();
    assert_eq!(
        door.outcomes(),
        [(DoorOutcome::Refused, Some(DoorReason::LockError)), (DoorOutcome::Opened, None)]
    );
    assert_eq!(door.moved("unlocked"), 1);
}

#[test]
fn an_operation_after_the_end_is_refused() {
    let mut door = at_the_door();
    door.connect();
    door.settle();
    door.cut();
    door.settle();
    door.ask(Operation::Open);
    door.settle();
    assert_eq!(door.outcomes(), [(DoorOutcome::Refused, Some(DoorReason::LinkLost))]);
}

#[test]
fn the_lock_ends_an_idle_session_and_the_phone_says_so() {
    let mut door = at_the_door();
    door.connect();
    door.wait_for(Duration::from_secs(29));
    assert_eq!(door.ended(), None);
    door.wait_for(Duration::from_secs(2));
    assert_eq!(door.ended(), Some(Some(DoorReason::LinkLost)));
}

#[test]
fn crossed_lanes_of_notifications_do_no_harm() {
    let mut door = at_the_door();
    door.air = Air::LanesCrossed;
    door.ask(Operation::Open);
    door.connect();
    door.settle();
    assert_eq!(door.outcomes(), [(DoorOutcome::Opened, None)]);
}

#[test]
fn every_known_version_and_both_forms_of_the_name_open() {
    for protocol_version in 26..=28 {
        for initialized in [None, Some(false), Some(true)] {
            let lock = lock_with(LockConfig { protocol_version, initialized, ..LockConfig::default() });
            let mut door = Pair::new(adas_phone(), lock);
            door.ask(Operation::Open);
            door.connect();
            door.settle();
            assert_eq!(door.outcomes(), [(DoorOutcome::Opened, None)]);
        }
    }
}
