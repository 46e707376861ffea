//! Bringing the lock's log home.

use std::time::Duration;

use terskel_model::door::Operation;

use super::pair::{Pair, administrator, at_the_door, lock_with, session_of};
use super::vectors::paired;
use crate::lock::{LockCommand, LockEvent};
use crate::nuki::Credential;
use crate::nuki::device::LockConfig;
use crate::nuki::message::LoggedEntry;
use crate::nuki::phone::LockSession;
use crate::session::Session;
use crate::testing::room::Air;

/// A door that has been opened and locked so many times.
fn door(times: u32) -> Pair<LockSession> {
    let motor = Duration::from_millis(50);
    let config = LockConfig { motor, ..LockConfig::default() };
    let mut door = Pair::new(session_of(administrator()), lock_with(config));
    door.prepare();
    for n in 0..times {
        door.ask(if n % 2 == 0 { Operation::Open } else { Operation::Lock });
        door.wait_for(Duration::from_secs(1));
    }
    assert_eq!(door.outcomes().len() as u32, times);
    door
}

fn read(door: &mut Pair<LockSession>, after: u32) {
    door.phone.command(LockCommand::ReadLog { after }, door.now);
    door.settle();
}

#[test]
fn the_newest_fifty_come_home_oldest_first_in_pages() {
    for times in [0, 3, 19, 20, 21, 45, 53] {
        let mut door = door(times);
        read(&mut door, 0);
        let log = door.log();
        assert_eq!(
            log.iter().map(|entry| entry.index).collect::<Vec<_>>(),
            (times.saturating_sub(49).max(1)..=times).collect::<Vec<_>>()
        );
        for entry in &log {
            let operation = if entry.index % 2 == 1 { Operation::Open } else { Operation::Lock };
            assert_eq!((entry.by.as_str(), entry.ours, entry.done), ("Phone Ada", true, true));
            assert_eq!((entry.operation.clone(), entry.at.is_some()), (Some(operation), true));
        }
    }
}

#[test]
fn only_what_is_new_comes_home() {
    let mut door = door(5);
    read(&mut door, 3);
    assert_eq!(door.log().iter().map(|entry| entry.index).collect::<Vec<_>>(), [4, 5]);
    read(&mut door, 5);
    assert!(door.log().is_empty());
}

#[test]
fn without_pin_or_with_a_wrong_one_nothing_comes() {
    let mut door = at_the_door();
    door.prepare();
    read(&mut door, 0);
    assert!(door.log().is_empty());
    let wrong = Credential { pin: Some(1), ..paired() };
    let mut door = Pair::new(session_of(wrong), lock_with(LockConfig::default()));
    door.prepare();
    read(&mut door, 0);
    assert!(door.log().is_empty() && door.ended().is_none());
}

#[test]
fn every_question_is_answered_and_an_operation_goes_first() {
    let mut door = Pair::new(session_of(administrator()), lock_with(LockConfig::default()));
    door.phone.command(LockCommand::ReadLog { after: 0 }, door.now);
    door.ask(Operation::Open);
    door.phone.command(LockCommand::ReadLog { after: 1 }, door.now);
    door.connect();
    door.settle();
    assert_eq!(door.phone.round_trips(), 2);
    door.wait_for(Duration::from_secs(5));
    let logs = door.events.iter().filter_map(|event| match event {
        LockEvent::Log(entries) => Some(entries.len()),
        _ => None,
    });
    assert_eq!(logs.collect::<Vec<_>>(), [1, 0]);
    door.cut();
    door.phone.command(LockCommand::ReadLog { after: 0 }, door.now);
    door.settle();
    assert!(door.log().is_empty());
}

#[test]
fn a_log_that_is_cut_short_is_not_told_for_its_older_half_would_be_missed() {
    let mut door = door(4);
    door.packets = 0;
    door.air = Air::CutAfter(3);
    read(&mut door, 0);
    assert!(door.log().is_empty());
    assert!(matches!(door.events.last(), Some(LockEvent::Ended { .. })));
}

#[test]
fn entries_of_other_kinds_survive() {
    let entry = |kind, data: &[u8]| LoggedEntry {
        index: 1,
        time: crate::nuki::message::DateTime::NONE,
        authorization: 0,
        name: String::new(),
        kind,
        data: data.to_vec(),
    };
    let told = |kind, data: &[u8]| {
        let told = entry(kind, data).tell(7);
        assert_eq!((told.at, told.ours), (None, false), "of nobody");
        (told.operation, told.done)
    };
    assert_eq!(told(2, &[2, 1, 0, 1, 0xff]), (Some(Operation::Lock), false), "by hand, blocked, padded");
    assert_eq!(told(2, &[4, 0, 0, 0]), (Some(Operation::Open), true), "lock 'n' go");
    assert_eq!(told(5, &[1, 1, 0, 7, 0]), (Some(Operation::Open), true), "by keypad");
    assert_eq!(told(6, &[0]), (None, true), "the door sensor");
    assert_eq!(told(2, &[1]), (None, false), "too short");
    assert_eq!(told(99, &[]), (None, true));
}
