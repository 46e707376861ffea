//! Windows that the lock itself sees to (9).

use chrono::TimeDelta;
use terskel_model::Timestamp;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::pair::{Pair, administrator, lock_with, session_of, visitor, world};
use crate::lock::LockEvent;
use crate::nuki::device::{LockConfig, SimulatedLock};
use crate::nuki::phone::{AuthorizationCommand, AuthorizationEvent, AuthorizationSession, LockSession};
use crate::nuki::{Credential, Limits, TimeOfDay, Weekdays};

/// Lets somebody in within limits; gives what they hold, and the lock.
fn invite(limits: Limits, timezone_offset: i16) -> (Credential, SimulatedLock) {
    let lock = lock_with(LockConfig { timezone_offset, ..LockConfig::default() });
    let mut office = Pair::new(AuthorizationSession::new(administrator(), world(1)), lock);
    let command = AuthorizationCommand::Invite { name: "Worker".into(), limits: Some(limits) };
    office.connect();
    office.phone_command(command);
    office.settle();
    let Some(AuthorizationEvent::Invited(credential)) = office.events.pop() else { panic!("not invited") };
    office.cut();
    (credential, office.lock)
}

impl Pair<AuthorizationSession> {
    pub(super) fn phone_command(&mut self, command: AuthorizationCommand) {
        crate::session::Session::command(&mut self.phone, command, self.now);
    }
}

fn at(text: &str) -> Timestamp {
    format!("2026-03-{text}:00Z").parse().unwrap()
}

fn outcome_at(limits: Limits, timezone_offset: i16, time: &str) -> (DoorOutcome, Option<DoorReason>) {
    let (credential, lock) = invite(limits, timezone_offset);
    let phone: LockSession = session_of(credential);
    let mut door = Pair::new(phone, lock);
    door.start = at(time);
    door.ask(Operation::Open);
    door.connect();
    door.wait_for(std::time::Duration::from_secs(5));
    door.outcome()
}

fn allowed(limits: Limits, offset: i16, time: &str) -> bool {
    match outcome_at(limits, offset, time) {
        (DoorOutcome::Opened, None) => true,
        (DoorOutcome::Refused, Some(DoorReason::LockNotNow)) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_invited_phone_opens_in_its_window_and_not_before_or_after() {
    let (from, until) = (Some(at("07T08:00")), Some(at("07T16:00")));
    let limits = Limits { from, until, ..Limits::default() };
    let expected = [("07T07:59", false), ("07T08:00", true), ("07T15:59", true), ("07T16:01", false)];
    for (time, open) in expected {
        assert_eq!(allowed(limits, 60, time), open, "{time}");
    }
}

#[test]
fn weekdays_and_nights_are_the_locks_local_ones() {
    let saturday = Limits { weekdays: Weekdays(2), ..Limits::default() };
    assert!(!allowed(saturday, 0, "06T23:30") && allowed(saturday, 60, "06T23:30"));
    let night = Limits {
        daily_from: TimeOfDay { hour: 22, minute: 0 },
        daily_until: TimeOfDay { hour: 6, minute: 0 },
        ..Limits::default()
    };
    for (time, open) in [("07T21:00", true), ("08T04:59", true), ("08T05:00", false), ("07T20:59", false)] {
        assert_eq!(allowed(night, 60, time), open, "{time}");
    }
}

#[test]
fn outside_its_window_a_phone_may_read_and_is_told_not_now() {
    let limits = Limits { until: Some(at("07T08:00")), ..Limits::default() };
    let (credential, lock) = invite(limits, 0);
    let mut door = Pair::new(session_of(credential), lock);
    door.prepare();
    assert_eq!(door.description().firmware, "4.3.12");
    assert_eq!(door.state().locked, Some(true));
    door.operate(Operation::Open);
    assert_eq!(door.outcome(), (DoorOutcome::Refused, Some(DoorReason::LockNotNow)));
    assert!(door.lock.authorization_ids().count() == 2 && door.ended().is_none());
    assert!(door.events.iter().any(|event| matches!(event, LockEvent::Clock { .. })));
}

#[test]
fn a_movement_goes_on_when_its_window_closes() {
    let limits = Limits { until: Some(at("07T08:00")), ..Limits::default() };
    let (credential, lock) = invite(limits, 0);
    let mut door = Pair::new(LockSession::new(credential, 0x1a2b_3c4d, visitor("")), lock);
    door.start = at("07T08:00") - TimeDelta::seconds(1);
    door.ask(Operation::Open);
    door.connect();
    door.wait_for(std::time::Duration::from_secs(5));
    assert_eq!(door.outcome(), (DoorOutcome::Opened, None));
}
