//! Opening and locking as it should go.

use std::time::Duration;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::pair::{Pair, at_the_door, lock_with, session_of};
use super::vectors::paired;
use crate::device::{Device, DeviceFault};
use crate::lock::{LockCommand, LockEvent};
use crate::nuki::Credential;
use crate::nuki::device::LockConfig;
use crate::session::Session;

#[test]
fn a_cold_opening_costs_two_round_trips() {
    let mut door = at_the_door();
    door.ask(Operation::Open);
    door.connect();
    door.settle();
    assert!(door.events.contains(&LockEvent::Moving(Operation::Open)));
    assert_eq!(door.phone.round_trips(), 2);
    assert!(door.outcomes().is_empty(), "the motor still runs");
    door.wait_for(Duration::from_secs(3));
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
    assert_eq!(door.state().locked, Some(false));
    door.description();
}

#[test]
fn a_prepared_opening_costs_one() {
    let mut door = at_the_door();
    door.prepare();
    assert_eq!(door.phone.round_trips(), 4, "states, challenge, configuration, challenge");
    let lock = door.description();
    assert_eq!((lock.device_id.as_str(), lock.name.as_str()), ("1A2B3C4D", "Hallway"));
    assert_eq!((lock.firmware.as_str(), lock.unfamiliar), ("4.3.12", false));
    let state = door.state();
    assert_eq!((state.locked, state.battery_percent), (Some(true), Some(100)));
    assert_eq!((state.calibrated, state.jammed, state.battery_critical), (Some(true), false, false));
    door.ask(Operation::Open);
    door.settle();
    assert_eq!(door.phone.round_trips(), 5);
    assert_eq!(door.events.last(), Some(&LockEvent::State(crate::lock::LockState { locked: None, ..state })));
    door.wait_for(Duration::from_secs(3));
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
}

#[test]
fn locking_counts_when_the_state_says_so() {
    let mut door =
        Pair::new(session_of(paired()), lock_with(LockConfig { locked: false, ..LockConfig::default() }));
    door.prepare();
    door.operate(Operation::Lock);
    assert_eq!(door.outcome(), (DoorOutcome::Locked, None));
    assert_eq!((door.moved("locked"), door.state().locked), (1, Some(true)));
    let movement = &door.lock.report().movements[0];
    assert_eq!(movement.by, "Phone Ada");
}

#[test]
fn a_door_opened_and_locked_on_one_connection() {
    let mut door = at_the_door();
    door.prepare();
    door.operate(Operation::Open);
    door.operate(Operation::Lock);
    let outcomes: Vec<_> = door.outcomes().into_iter().map(|(outcome, _)| outcome).collect();
    assert_eq!(outcomes, [DoorOutcome::Opened, DoorOutcome::Locked]);
    assert_eq!((door.moved("unlocked"), door.moved("locked")), (1, 1));
}

#[test]
fn the_challenge_in_hand_is_renewed_while_the_connection_is_held() {
    let mut door = at_the_door();
    door.prepare();
    let before = door.phone.round_trips();
    door.wait_for(Duration::from_secs(119));
    assert_eq!(door.phone.round_trips(), before + 5, "every 20 s");
    let before = door.phone.round_trips();
    door.ask(Operation::Open);
    door.settle();
    assert_eq!(door.phone.round_trips(), before + 1);
    door.wait_for(Duration::from_secs(3));
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
}

#[test]
fn a_latch_is_pulled_where_the_credential_says_so() {
    let mut door =
        Pair::new(session_of(Credential { unlatch: true, ..paired() }), lock_with(LockConfig::default()));
    door.prepare();
    door.ask(Operation::Open);
    door.wait_for(Duration::from_millis(2100));
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None), "as soon as the latch is pulled");
    door.wait();
    assert_eq!((door.outcomes().len(), door.moved("unlocked")), (1, 1));
    assert_eq!(door.state().locked, Some(false));
}

#[test]
fn a_second_operation_is_refused_and_so_is_one_after_the_end() {
    let mut door = at_the_door();
    door.ask(Operation::Open);
    door.ask(Operation::Lock);
    door.phone.command(LockCommand::Close, door.now);
    door.ask(Operation::Open);
    door.settle();
    let refused = |reason| (DoorOutcome::Refused, Some(reason));
    let all = [DoorReason::LockError, DoorReason::LinkLost, DoorReason::LinkLost].map(refused);
    assert_eq!(door.outcomes(), all);
    assert_eq!(door.ended(), Some(None));
}

#[test]
fn closing_while_the_motor_runs_leaves_it_open_what_came_of_it() {
    let mut door = at_the_door();
    door.prepare();
    door.ask(Operation::Open);
    door.settle();
    door.phone.command(LockCommand::Close, door.now);
    door.wait();
    assert_eq!(door.outcome(), (DoorOutcome::Unsure, Some(DoorReason::Interrupted)));
    assert_eq!((door.moved("unlocked"), door.ended()), (1, Some(None)));
}

#[test]
fn a_lock_that_restarts_in_the_middle_leaves_it_open_too() {
    let mut door = at_the_door();
    door.prepare();
    door.ask(Operation::Open);
    door.settle();
    door.lock.inject(DeviceFault::Reboot);
    door.settle();
    assert_eq!(door.outcome(), (DoorOutcome::Unsure, Some(DoorReason::Interrupted)));
    assert_eq!(door.ended(), Some(Some(DoorReason::LinkLost)));
    assert_eq!(door.moved("unlocked"), 0);
}
