//! A link that breaks, or carries wrongly, at every packet of a Nuki session.

use terskel_model::door::{DoorOutcome, Operation};

use super::pair::{Pair, lock_with, session_of};
use super::vectors::paired;
use crate::device::Device;
use crate::lock::LockCommand;
use crate::nuki::Credential;
use crate::nuki::device::LockConfig;
use crate::nuki::phone::LockSession;
use crate::session::Session;
use crate::testing::cut::{self, run};
use crate::testing::room::Air;

fn door(operation: &Operation, mtu: usize) -> Pair<LockSession> {
    let locked = *operation == Operation::Open;
    let mut pair = Pair::new(session_of(paired()), lock_with(LockConfig { locked, ..LockConfig::default() }));
    pair.mtu = mtu;
    pair
}

fn check(mtu: usize, air: impl Fn(usize) -> Air) -> [usize; 4] {
    cut::check(|operation| door(operation, mtu), [usize::MAX; 2], air)
}

#[test]
fn the_link_is_lost_before_any_packet() {
    let seen = check(247, Air::CutAt);
    assert!(seen.iter().all(|times| *times > 0), "every outcome comes up: {seen:?}");
    check(23, Air::CutAt);
}

#[test]
fn the_link_is_lost_after_any_packet() {
    let seen = check(247, Air::CutAfter);
    assert!(seen.iter().all(|times| *times > 0), "every outcome comes up: {seen:?}");
    check(23, Air::CutAfter);
}

#[test]
fn any_packet_is_lost() {
    check(247, Air::Lose);
    check(23, Air::Lose);
}

#[test]
fn any_packet_is_repeated() {
    let [opened, locked, refused, unsure] = check(247, Air::Repeat);
    assert_eq!((refused, unsure), (0, 0), "whole messages that come twice do no harm");
    assert!(opened > 0 && locked > 0);
    check(23, Air::Repeat);
}

#[test]
fn the_air_stands_still_after_any_packet() {
    check(247, Air::StopAfter);
    check(23, Air::StopAfter);
}

#[test]
fn the_lock_hangs_after_any_packet() {
    let seen = check(247, Air::HangAfter);
    assert!(seen[0] > 0 && seen[3] > 0, "{seen:?}");
    check(23, Air::HangAfter);
}

/// Every air there is.
fn airs() -> impl Iterator<Item = Air> {
    let one = |n| {
        [Air::CutAt(n), Air::CutAfter(n), Air::Lose(n), Air::Repeat(n), Air::HangAfter(n), Air::StopAfter(n)]
    };
    (1..16).flat_map(one)
}

#[test]
fn a_latch_is_pulled_at_most_once_and_never_wrongly_told() {
    for (prepared, air) in [false, true].into_iter().flat_map(|p| airs().map(move |air| (p, air))) {
        let phone = session_of(Credential { unlatch: true, ..paired() });
        let mut door = Pair::new(phone, lock_with(LockConfig::default()));
        let (outcome, _) = run(&mut door, &Operation::Open, prepared, air);
        let times = door.moved("unlocked");
        let honest = match outcome {
            DoorOutcome::Opened => times == 1,
            DoorOutcome::Refused => times == 0,
            _ => times <= 1,
        };
        assert!(honest, "{air:?} prepared {prepared}: {outcome}, moved {times}");
    }
}

/// The lock has been told the same before, and its bolt stands where it is to go: an outcome must be true all the
/// same, and the motor runs at most once more.
#[test]
fn a_bolt_that_stands_right_already() {
    for (operation, air) in
        [Operation::Open, Operation::Lock].into_iter().flat_map(|o| airs().map(move |air| (o.clone(), air)))
    {
        let mut door = door(&operation, 247);
        door.prepare();
        door.operate(operation.clone());
        door.events.clear();
        (door.packets, door.air) = (0, air);
        door.ask(operation.clone());
        door.wait();
        let (outcome, _) = door.outcome();
        let report = door.lock.report();
        let right = (operation == Operation::Lock) == (report.state == "locked");
        assert!(right && report.movements.len() <= 2, "{operation} {air:?} {report:?}");
        assert!(outcome != DoorOutcome::Refused || report.movements.len() == 1, "{operation} {air:?}");
    }
}

#[test]
fn an_air_in_which_everything_goes_wrong() {
    let mut seen = [0; 2];
    for (seed, mtu) in (0..300u64).map(|seed| (seed, if seed % 3 == 0 { 23 } else { 247 })) {
        let operation = if seed % 2 == 0 { Operation::Open } else { Operation::Lock };
        let mut door = door(&operation, mtu);
        let (outcome, _) = run(&mut door, &operation, seed % 5 == 0, Air::Storm(seed));
        let times = door.lock.report().movements.len();
        let honest = match outcome {
            DoorOutcome::Opened | DoorOutcome::Locked => times == 1,
            DoorOutcome::Refused => times == 0,
            _ => times <= 1,
        };
        assert!(honest, "seed {seed}: {outcome}, moved {times}");
        seen[usize::from(outcome == DoorOutcome::Unsure)] += 1;
    }
    assert!(seen[0] > 50 && seen[1] > 10, "{seen:?}");
}

#[test]
fn getting_ready_bears_packets_that_come_twice() {
    for n in 1..24 {
        let phone = session_of(super::pair::administrator());
        let mut door = Pair::new(phone, lock_with(LockConfig::default()));
        door.lock_ahead = chrono::TimeDelta::minutes(5);
        door.air = Air::Repeat(n);
        door.phone.command(LockCommand::ReadLog { after: 0 }, door.now);
        door.prepare();
        assert_eq!(door.description().firmware, "4.3.12", "packet {n}");
        assert!(door.clocks().iter().any(|(_, corrected)| *corrected), "packet {n}: {:?}", door.clocks());
        assert!(door.log().is_empty());
        door.operate(Operation::Open);
        assert_eq!(door.outcome().0, DoorOutcome::Opened, "packet {n}");
    }
}
