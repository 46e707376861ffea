//! A link that breaks, or carries wrongly, at every packet of a session: the outcome is never wrong and nothing moves
//! twice.

use terskel_model::door::{DoorOutcome, Operation};

use super::pair::{Air, Pair, adas_phone, at_the_door, lock_with};
use crate::device::Device;
use crate::dkey::device::LockConfig;
use crate::dkey::phone::LockSession;
use crate::lock::LockEvent;

/// More packets than any session here has.
const ALL: usize = 60;

fn door(operation: &Operation) -> Pair<LockSession> {
    let locked = *operation == Operation::Open;
    Pair::new(adas_phone(), lock_with(LockConfig { locked, ..LockConfig::default() }))
}

/// Runs the session to its end; gives the outcome.
fn run(door: &mut Pair<LockSession>, operation: &Operation, prepared: bool, air: Air) -> DoorOutcome {
    if !prepared {
        door.ask(operation.clone());
        door.air = air;
    }
    door.connect();
    door.settle();
    if prepared {
        door.packets = 0;
        door.air = air;
        door.ask(operation.clone());
    }
    door.wait();
    let outcomes = door.outcomes();
    assert_eq!(outcomes.len(), 1, "{air:?} {outcomes:?}");
    assert!(door.ended().is_some(), "{air:?}");
    assert!(matches!(door.events.last(), Some(LockEvent::Ended { .. })), "{air:?}");
    outcomes[0].0.clone()
}

fn check(air: impl Fn(usize) -> Air) -> [usize; 4] {
    let mut seen = [0; 4];
    for (operation, moved) in [(Operation::Open, "unlocked"), (Operation::Lock, "locked")] {
        for (prepared, n) in [false, true].into_iter().flat_map(|p| (1..ALL).map(move |n| (p, n))) {
            let mut door = door(&operation);
            let outcome = run(&mut door, &operation, prepared, air(n));
            let times = door.moved(moved);
            assert_eq!(door.lock.report().movements.len(), times);
            assert!(times <= 1, "moved twice: {operation} {:?}", air(n));
            let honest = match outcome {
                DoorOutcome::Opened | DoorOutcome::Locked => times == 1,
                DoorOutcome::Refused => times == 0,
                _ => true,
            };
            assert!(honest, "{operation} {:?} prepared {prepared}: {outcome} and moved {times}", air(n));
            let index = match outcome {
                DoorOutcome::Opened => 0,
                DoorOutcome::Locked => 1,
                DoorOutcome::Refused => 2,
                _ => 3,
            };
            seen[index] += 1;
        }
    }
    seen
}

#[test]
fn the_link_is_lost_before_any_packet() {
    let seen = check(Air::CutAt);
    assert!(seen.iter().all(|times| *times > 0), "every outcome comes up: {seen:?}");
}

#[test]
fn the_link_is_lost_after_any_packet() {
    let seen = check(Air::CutAfter);
    assert!(seen.iter().all(|times| *times > 0), "every outcome comes up: {seen:?}");
}

#[test]
fn any_packet_is_lost() {
    check(Air::Lose);
}

#[test]
fn any_packet_is_repeated() {
    check(Air::Repeat);
}

#[test]
fn any_two_packets_change_places() {
    check(Air::Swap);
}

#[test]
fn a_cut_after_opened_leaves_opened() {
    let mut door = at_the_door();
    door.connect();
    door.settle();
    door.ask(Operation::Open);
    door.settle();
    door.cut();
    door.settle();
    assert_eq!(door.outcomes(), [(DoorOutcome::Opened, None)]);
}
