//! A link that breaks, or carries wrongly, at every packet of a session: the outcome is never wrong and nothing moves
//! twice.

use terskel_model::door::{DoorOutcome, Operation};

use super::pair::{Air, Pair, at_an_open_door, at_the_door};
use crate::device::Device;
use crate::lock::LockEvent;

fn door(operation: &Operation) -> Pair {
    if *operation == Operation::Open { at_the_door() } else { at_an_open_door() }
}

/// Runs the session to its end. Gives the outcome, and how many packets there were.
fn run(door: &mut Pair, operation: &Operation, prepared: bool, air: Air) -> (DoorOutcome, usize) {
    if prepared {
        door.connect();
        assert!(door.is_ready());
        door.packets = 0;
    }
    door.air = air;
    door.ask(operation.clone());
    if prepared {
        door.settle();
    } else {
        door.connect();
    }
    door.wait();
    let packets = door.packets;
    door.leave();
    let outcomes = door.outcomes();
    assert_eq!(outcomes.len(), 1, "{air:?} {outcomes:?}");
    assert!(matches!(door.events.last(), Some(LockEvent::Ended { .. })), "{air:?}");
    assert!(door.ended().is_some());
    (outcomes[0].0.clone(), packets)
}

fn check(air: impl Fn(usize) -> Air) -> [usize; 4] {
    let mut seen = [0; 4];
    for (operation, what) in [(Operation::Open, "unlocked"), (Operation::Lock, "locked")] {
        for prepared in [false, true] {
            // Beyond the outcome there are only questions for the state.
            let undisturbed = run(&mut door(&operation), &operation, prepared, Air::Clear).1;
            let last = undisturbed.min(if prepared { 40 } else { 170 });
            for n in 1..=last {
                let mut door = door(&operation);
                let (outcome, _) = run(&mut door, &operation, prepared, air(n));
                let times = door.moved(what);
                assert_eq!(door.lock.report().movements.len(), times);
                assert!(times <= 1, "moved twice: {operation} {:?}", air(n));
                let (index, honest) = match outcome {
                    DoorOutcome::Opened => (0, times == 1),
                    DoorOutcome::Locked => (1, times == 1),
                    DoorOutcome::Refused => (2, times == 0),
                    _ => (3, true),
                };
                assert!(honest, "{operation} {:?} prepared {prepared}: {outcome} and moved {times}", air(n));
                seen[index] += 1;
            }
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
fn the_lock_hangs_after_any_packet() {
    let seen = check(Air::HangAfter);
    assert!(seen.iter().all(|times| *times > 0), "every outcome comes up: {seen:?}");
}

#[test]
fn any_packet_is_lost_and_sent_again() {
    let [opened, locked, refused, unsure] = check(Air::Lose);
    assert!(opened > 0 && locked > 0);
    assert_eq!((refused, unsure), (0, 0), "the reliable layer repairs it");
}

#[test]
fn any_packet_is_repeated() {
    let [_, _, refused, unsure] = check(Air::Repeat);
    assert_eq!((refused, unsure), (0, 0), "the reliable layer repairs it");
}
