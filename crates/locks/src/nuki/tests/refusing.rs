//! Locks and keys that do not fit, and mechanisms that fail.

use std::time::Duration;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::pair::{Pair, at_the_door, lock_with, session_of};
use super::vectors::paired;
use crate::device::{Device, DeviceFault};
use crate::nuki::Credential;
use crate::nuki::device::LockConfig;

#[test]
fn another_key_for_the_same_id_is_rejected() {
    let other = Credential { shared_key: [1; 32], ..paired() };
    let mut door = Pair::new(session_of(other), lock_with(LockConfig::default()));
    door.ask(Operation::Open);
    door.connect();
    door.settle();
    assert_eq!(door.outcome(), (DoorOutcome::Refused, Some(DoorReason::KeyRejected)));
}

#[test]
fn another_lock_than_expected_is_noticed() {
    let config = LockConfig { nuki_id: 5, ..LockConfig::default() };
    let mut door = Pair::new(session_of(paired()), lock_with(config));
    door.prepare();
    assert_eq!(door.ended(), Some(Some(DoorReason::WrongDevice)));
}

#[test]
fn faults_of_the_mechanism() {
    type Case = (DeviceFault, (DoorOutcome, DoorReason), usize);
    let own = |name: &str| DeviceFault::Own(name.into());
    let refused = |reason| (DoorOutcome::Refused, reason);
    let cases: [Case; 5] = [
        (DeviceFault::Jammed(true), refused(DoorReason::Jammed), 1),
        (DeviceFault::Uncalibrated(true), refused(DoorReason::NotCalibrated), 0),
        (DeviceFault::Battery(0), refused(DoorReason::BatteryEmpty), 0),
        (own("busy"), refused(DoorReason::LockBusy), 0),
        (own("canceled"), (DoorOutcome::Unsure, DoorReason::LockError), 0),
    ];
    for (fault, (outcome, reason), movements) in cases {
        for prepared in [false, true] {
            let mut door = at_the_door();
            if prepared {
                door.prepare();
                door.lock.inject(fault.clone());
                door.ask(Operation::Open);
            } else {
                door.lock.inject(fault.clone());
                door.ask(Operation::Open);
                door.connect();
            }
            door.wait_for(Duration::from_secs(5));
            assert_eq!(door.outcome(), (outcome.clone(), Some(reason.clone())), "{fault:?}");
            assert_eq!(door.lock.report().movements.len(), movements);
            assert_eq!((door.moved("unlocked"), door.moved("jammed")), (0, movements));
        }
    }
}

#[test]
fn a_blocked_motor_shows_in_the_state_and_can_be_freed() {
    let mut door = at_the_door();
    door.prepare();
    door.lock.inject(DeviceFault::Jammed(true));
    door.operate(Operation::Open);
    assert!(door.state().jammed);
    door.lock.inject(DeviceFault::Jammed(false));
    door.operate(Operation::Open);
    assert_eq!(door.outcomes()[1], (DoorOutcome::Opened, None));
}

#[test]
fn a_lock_that_does_not_know_its_bolt_says_so() {
    let mut door = at_the_door();
    door.lock.inject(DeviceFault::Uncalibrated(true));
    door.lock.inject(DeviceFault::Battery(12));
    door.prepare();
    let state = door.state();
    assert_eq!((state.calibrated, state.locked), (Some(false), None));
    assert_eq!((state.battery_percent, state.battery_critical), (Some(12), true));
}
