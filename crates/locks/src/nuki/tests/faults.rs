//! A lock with bad manners.

use std::time::Duration;

use terskel_model::door::{DoorOutcome, Operation};

use super::pair::{Pair, at_the_door, lock_with, session_of};
use super::vectors::paired;
use crate::device::{Device, DeviceFault};
use crate::nuki::device::LockConfig;
use crate::nuki::phone::LockSession;

fn open_and_lock(fault: &str, mtu: usize) -> Pair<LockSession> {
    let mut door = at_the_door();
    door.mtu = mtu;
    door.inject(fault);
    door.prepare();
    door.operate(Operation::Open);
    door.operate(Operation::Lock);
    let outcomes: Vec<_> = door.outcomes().into_iter().map(|(outcome, _)| outcome).collect();
    assert_eq!(outcomes, [DoorOutcome::Opened, DoorOutcome::Locked], "{fault}");
    assert_eq!(door.lock.report().movements.len(), 2, "{fault}");
    door
}

#[test]
fn what_a_phone_must_bear() {
    let all =
        ["unasked_states", "replay", "crc_zero", "append_unknown", "states_19", "states_27", "states_15"];
    for (fault, mtu) in all.into_iter().flat_map(|fault| [23, 247].map(|mtu| (fault, mtu))) {
        let door = open_and_lock(fault, mtu);
        assert!(!door.description().unfamiliar, "{fault}");
    }
    assert!(open_and_lock("unknown_values", 247).description().unfamiliar);
}

#[test]
fn a_cold_opening_bears_the_same() {
    for fault in ["unasked_states", "replay", "crc_zero", "append_unknown", "unknown_values"] {
        let mut door = at_the_door();
        door.inject(fault);
        door.ask(Operation::Open);
        door.connect();
        door.wait_for(Duration::from_secs(5));
        assert_eq!(door.outcome(), (DoorOutcome::Opened, None), "{fault}");
        assert_eq!(door.moved("unlocked"), 1);
    }
}

#[test]
fn old_firmware_tells_no_percentage() {
    let door = open_and_lock("states_15", 247);
    assert_eq!((door.state().battery_percent, door.state().battery_critical), (None, false));
}

/// Whatever is dropped or damaged: no wrong outcome, and no second movement.
#[test]
fn dropped_replies_and_damaged_indications() {
    for (fault, n) in ["drop_reply", "corrupt"].into_iter().flat_map(|fault| (1..12).map(move |n| (fault, n)))
    {
        for prepared in [false, true] {
            let mut door = at_the_door();
            if prepared {
                door.prepare();
            }
            door.inject(&format!("{fault}_{n}"));
            door.ask(Operation::Open);
            if !prepared {
                door.connect();
            }
            door.wait();
            let (outcome, _) = door.outcome();
            let moved = door.moved("unlocked");
            let honest = match outcome {
                DoorOutcome::Opened => moved == 1,
                DoorOutcome::Refused => moved == 0,
                _ => moved <= 1,
            };
            assert!(honest, "{fault}_{n} {prepared}: {outcome}, moved {moved}");
        }
    }
}

#[test]
fn a_lost_accepted_is_made_up_by_what_follows() {
    let mut door = at_the_door();
    door.prepare();
    door.inject("drop_reply_1");
    door.operate(Operation::Open);
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None), "COMPLETE says it all");
    door.inject("drop_reply_2");
    door.ask(Operation::Lock);
    door.wait();
    assert_eq!(door.outcomes()[1], (DoorOutcome::Locked, None), "by the lock's state");
    assert_eq!(door.lock.report().movements.len(), 2);
}

#[test]
fn mended_and_unknown_faults() {
    let mut door = at_the_door();
    for fault in ["busy", "canceled", "drop_reply_1", "corrupt_1", "clock_lost", "made_up", "states_7", ""] {
        door.inject(fault);
    }
    door.lock.inject(DeviceFault::Mended);
    door.prepare();
    door.operate(Operation::Open);
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
}

#[test]
fn a_lock_that_hangs_is_left() {
    let mut door = Pair::new(session_of(paired()), lock_with(LockConfig::default()));
    door.lock.inject(DeviceFault::Hang(true));
    door.prepare();
    door.wait();
    assert_eq!(door.ended(), Some(Some(terskel_model::door::DoorReason::NoAnswer)));
}
