//! The lock's clock, measured and set right.

use std::time::Duration;

use chrono::TimeDelta;
use terskel_model::door::{DoorOutcome, Operation};

use super::pair::{Pair, administrator, at_the_door, lock_with, session_of};
use super::vectors::paired;
use crate::device::Device;
use crate::nuki::Credential;
use crate::nuki::device::LockConfig;
use crate::nuki::phone::LockSession;
use crate::session::Session;

fn door(credential: Credential, ahead: i64) -> Pair<LockSession> {
    let mut door = Pair::new(session_of(credential), lock_with(LockConfig::default()));
    door.lock_ahead = TimeDelta::seconds(ahead);
    door
}

/// The lock tells whole seconds.
fn near(ahead_ms: Option<i64>, seconds: i64) -> bool {
    ahead_ms.is_some_and(|ahead| (ahead - seconds * 1000).abs() <= 500)
}

#[test]
fn drift_is_measured_and_left_where_there_is_no_pin() {
    for seconds in [0, 29, 31, -31, 4000, -86_400] {
        let mut door = door(paired(), seconds);
        door.prepare();
        let clocks = door.clocks();
        assert_eq!(clocks.len(), 1);
        assert!(near(clocks[0].0, seconds) && !clocks[0].1, "{seconds}: {clocks:?}");
    }
}

#[test]
fn drift_of_more_than_half_a_minute_is_set_right_by_who_may() {
    for seconds in [45, -3600] {
        let mut door = door(administrator(), seconds);
        door.prepare();
        let clocks = door.clocks();
        assert_eq!(clocks.len(), 2, "{clocks:?}");
        assert!(near(clocks[1].0, seconds) && clocks[1].1);
        door.description();
        door.operate(Operation::Open);
        assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
        let last = *door.clocks().last().unwrap();
        assert!(near(last.0, 0) && !last.1, "{last:?}");
    }
    let mut door = door(administrator(), 20);
    door.prepare();
    assert_eq!(door.clocks().len(), 1, "a little is let be");
}

#[test]
fn a_lock_that_has_lost_the_time_is_told_it() {
    let mut door = at_the_door();
    door.inject("clock_lost");
    door.prepare();
    assert_eq!(door.clocks(), [(None, false)]);
    let mut door = self::door(administrator(), 0);
    door.inject("clock_lost");
    door.prepare();
    assert_eq!(door.clocks(), [(None, false), (None, true)]);
}

#[test]
fn a_wrong_pin_is_not_tried_again() {
    let wrong = Credential { pin: Some(1), ..paired() };
    let mut door = door(wrong, 500);
    door.prepare();
    assert_eq!(door.clocks().len(), 1);
    door.operate(Operation::Open);
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
    assert_eq!(door.clocks().len(), 2);
    assert!(door.clocks().iter().all(|(_, corrected)| !corrected));
}

#[test]
fn nothing_is_corrected_before_an_operation_that_waits() {
    let mut door = door(administrator(), 500);
    door.ask(Operation::Open);
    door.connect();
    door.settle();
    assert_eq!(door.phone.round_trips(), 2);
    assert!(door.clocks().is_empty());
    door.wait_for(Duration::from_secs(10));
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
    assert_eq!(door.clocks().len(), 2, "afterwards");
    assert_eq!(door.lock.report().movements.len(), 1);
}
