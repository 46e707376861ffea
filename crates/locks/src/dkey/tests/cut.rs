//! A link that breaks, or carries wrongly, at every packet of a dKey session.

use terskel_model::door::{DoorOutcome, Operation};

use super::pair::{Pair, adas_phone, at_the_door, lock_with};
use crate::dkey::device::LockConfig;
use crate::dkey::phone::LockSession;
use crate::testing::cut;
use crate::testing::room::Air;

fn door(operation: &Operation) -> Pair<LockSession> {
    let locked = *operation == Operation::Open;
    Pair::new(adas_phone(), lock_with(LockConfig { locked, ..LockConfig::default() }))
}

fn check(air: impl Fn(usize) -> Air) -> [usize; 4] {
    cut::check(door, [usize::MAX; 2], air)
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
