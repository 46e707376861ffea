//! Stories of a lock that does not want to, or is not the right one.

use std::time::Duration;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::{Timestamp, Uptime};

use super::pair::{
    Pair, at_an_open_door, at_the_door, config, credential, kari_lock, phone_with, today, token, vendor,
    visitor, world,
};
use super::vectors::LOCK;
use crate::danalock::device::{LockConfig, SimulatedLock, Token};
use crate::danalock::phone::LockSession;
use crate::danalock::{Credential, Serial, Trust};
use crate::device::{Device, DeviceFault};
use crate::family::Visitor;
use crate::lock::LockEvent;
use crate::session::Session;

fn run(door: &mut Pair, operation: Operation) -> (DoorOutcome, Option<DoorReason>) {
    door.ask(operation);
    if !door.connected {
        door.prepare();
    }
    door.wait_for(Duration::from_secs(25));
    let outcomes = door.outcomes();
    assert_eq!(outcomes.len(), 1, "{:?}", door.events);
    outcomes[0].clone()
}

type Change<'a> = &'a dyn Fn(&mut Token);

fn with_token(change: impl Fn(&mut Token)) -> Pair {
    let mut known = token(&kari_lock().login_token);
    change(&mut known);
    let lock = SimulatedLock::new(LockConfig { tokens: vec![known], ..config() }, world(2));
    Pair::new(phone_with(credential()), lock)
}

fn refused(reason: DoorReason) -> (DoorOutcome, Option<DoorReason>) {
    (DoorOutcome::Refused, Some(reason))
}

#[test]
fn tokens_are_judged_by_the_lock() {
    let later = today() + Duration::from_secs(100_000);
    let earlier = today() - Duration::from_secs(100_000);
    let stories: [(Change<'_>, DoorReason); 4] = [
        (&|token| token.valid_from = Some(later), DoorReason::KeyExpired),
        (&|token| token.valid_to = Some(earlier), DoorReason::KeyExpired),
        (&|token| token.blob[0] ^= 1, DoorReason::KeyRejected),
        (&|token| token.permitted = false, DoorReason::KeyRejected),
    ];
    for (change, reason) in stories {
        let mut door = with_token(change);
        assert_eq!(run(&mut door, Operation::Open), refused(reason));
        assert_eq!(door.lock.report().movements, []);
    }
    let mut other = at_the_door();
    let login_token = vendor().lock(Serial([9; 6])).unwrap().login_token;
    other.again(phone_with(Credential { login_token, ..credential() }));
    assert_eq!(run(&mut other, Operation::Open), refused(DoorReason::KeyRejected));
    let expired = with_token(|token| {
        token.valid_from = Some(earlier);
        token.valid_to = Some(later);
    });
    assert_eq!(run(&mut { expired }, Operation::Open).0, DoorOutcome::Opened);
}

#[test]
fn setting_the_clock_moves_the_time_that_tokens_are_judged_by() {
    let mut door = with_token(|token| token.valid_to = Some(today() + Duration::from_secs(100_000)));
    let ahead = Visitor { clocks: (today() + Duration::from_secs(200_000), Uptime::default()), ..visitor() };
    door.again(LockSession::new(LOCK, credential(), ahead));
    door.prepare();
    assert!(door.is_ready());
    door.again(phone_with(credential()));
    assert_eq!(run(&mut door, Operation::Open), refused(DoorReason::KeyExpired));
}

#[test]
fn a_phone_without_the_time_sets_no_clock_and_checks_no_date() {
    let mut door = with_token(|token| token.valid_from = Some(today()));
    let lost = Visitor { clocks: (Timestamp::UNIX_EPOCH, Uptime::default()), ..visitor() };
    door.again(LockSession::new(LOCK, credential(), lost));
    door.prepare();
    assert!(door.is_ready());
    door.again(phone_with(credential()));
    assert_eq!(run(&mut door, Operation::Open).0, DoorOutcome::Opened);
}

#[test]
fn another_device_gets_no_token() {
    let pinned = Trust::Pinned([7; 32]);
    let stories = [
        (Some("wrong_certificate"), credential().trust.clone()),
        (Some("wrong_serial_certificate"), credential().trust.clone()),
        (Some("wrong_serial_certificate"), Trust::FirstSeen),
        (None, pinned),
    ];
    for (fault, trust) in stories {
        let mut door = at_the_door();
        door.again(phone_with(Credential { trust, ..credential() }));
        if let Some(fault) = fault {
            door.lock.inject(DeviceFault::Own(fault.into()));
        }
        assert_eq!(run(&mut door, Operation::Open), refused(DoorReason::WrongDevice), "{fault:?}");
        assert_eq!(door.ended(), Some(Some(DoorReason::WrongDevice)));
        assert!(!door.events.iter().any(|event| matches!(event, LockEvent::FirstSeen { .. })));
    }
    let mut exposed = at_the_door();
    exposed.again(phone_with(Credential { trust: Trust::FirstSeen, ..credential() }));
    exposed.lock.inject(DeviceFault::Own("wrong_certificate".into()));
    assert_eq!(run(&mut exposed, Operation::Open).0, DoorOutcome::Opened, "whoever is first is believed");

    let mut mended = at_the_door();
    mended.lock.inject(DeviceFault::Own("wrong_certificate".into()));
    mended.lock.inject(DeviceFault::Mended);
    assert_eq!(run(&mut mended, Operation::Open).0, DoorOutcome::Opened);
}

#[test]
fn a_certificate_out_of_its_time_is_another_device() {
    let mut door = at_the_door();
    let far = Timestamp::from_timestamp(4_100_000_000, 0).unwrap();
    let late = Visitor { clocks: (far, Uptime::default()), ..visitor() };
    door.again(LockSession::new(LOCK, credential(), late));
    assert_eq!(run(&mut door, Operation::Open), refused(DoorReason::WrongDevice));
}

#[test]
fn a_stuck_bolt_is_told_and_recorded() {
    let mut door = at_the_door();
    door.lock.inject(DeviceFault::Jammed(true));
    assert_eq!(run(&mut door, Operation::Open), refused(DoorReason::Jammed));
    assert_eq!((door.moved("jammed"), door.moved("unlocked")), (1, 0));
    assert!(door.state().jammed);
}

#[test]
fn a_weak_battery_and_a_lost_calibration_move_nothing() {
    for (fault, reason) in [
        (DeviceFault::Battery(5), DoorReason::BatteryEmpty),
        (DeviceFault::Uncalibrated(true), DoorReason::LockError),
    ] {
        let mut door = at_the_door();
        door.lock.inject(fault);
        assert_eq!(run(&mut door, Operation::Open), refused(reason.clone()));
        assert_eq!(door.state().battery_critical, reason == DoorReason::BatteryEmpty);
        assert_eq!(door.lock.report().movements, []);
    }
}

#[test]
fn every_status_has_its_meaning() {
    let unsure = |reason| (DoorOutcome::Unsure, Some(reason));
    for (status, outcome) in [
        ("05", refused(DoorReason::LockBusy)),
        ("06", refused(DoorReason::LockError)),
        ("07", (DoorOutcome::Opened, None)),
        ("09", refused(DoorReason::LockError)),
        ("0b", refused(DoorReason::BatteryEmpty)),
        ("15", refused(DoorReason::LockError)),
        ("16", refused(DoorReason::LockError)),
        ("17", refused(DoorReason::Jammed)),
        ("18", unsure(DoorReason::LockError)),
        ("19", unsure(DoorReason::LockError)),
        ("40", refused(DoorReason::KeyRejected)),
        ("41", refused(DoorReason::KeyRejected)),
        ("5e", refused(DoorReason::KeyRejected)),
        ("5f", refused(DoorReason::KeyExpired)),
        ("60", refused(DoorReason::KeyExpired)),
        ("73", refused(DoorReason::KeyRejected)),
        ("aa", unsure(DoorReason::LockError)),
    ] {
        let mut door = at_the_door();
        door.lock.inject(DeviceFault::Own(format!("status_{status}")));
        assert_eq!(run(&mut door, Operation::Open), outcome, "{status}");
        assert_eq!(door.ended(), None, "the session goes on");
    }
}

#[test]
fn a_lock_that_says_it_is_done_and_is_not_locked_is_doubted() {
    for status in ["00", "07"] {
        let mut door = at_an_open_door();
        door.lock.inject(DeviceFault::Own(format!("status_{status}")));
        let outcome = run(&mut door, Operation::Lock);
        assert_eq!(outcome, (DoorOutcome::Unsure, Some(DoorReason::LockError)));
    }
}

#[test]
fn no_answer_after_the_command_is_unsure_and_never_repeated() {
    for fault in ["drop_result", "fin_instead_of_result"] {
        for operation in [Operation::Open, Operation::Lock] {
            let mut door = at_the_door();
            door.lock.inject(DeviceFault::Own(fault.into()));
            let outcome = run(&mut door, operation);
            assert_eq!(outcome, (DoorOutcome::Unsure, Some(DoorReason::Interrupted)), "{fault}");
            assert_eq!(door.lock.report().movements.len(), 1);
            assert!(door.ended().is_some());
        }
    }
}

#[test]
fn a_lock_that_hangs_is_told_apart_by_what_was_sent() {
    let mut silent = at_the_door();
    silent.lock.inject(DeviceFault::Hang(true));
    assert_eq!(run(&mut silent, Operation::Open), refused(DoorReason::NoAnswer));

    let mut late = at_the_door();
    late.prepare();
    late.lock.inject(DeviceFault::Hang(true));
    assert_eq!(run(&mut late, Operation::Open), (DoorOutcome::Unsure, Some(DoorReason::Interrupted)));
}

#[test]
fn a_reboot_ends_the_link_and_forgets_the_session() {
    let mut door = at_the_door();
    door.prepare();
    door.lock.inject(DeviceFault::Reboot);
    door.settle();
    assert_eq!(door.ended(), Some(Some(DoorReason::LinkLost)));
    door.again(phone_with(credential()));
    assert_eq!(run(&mut door, Operation::Open).0, DoorOutcome::Opened);

    let mut moving = at_the_door();
    moving.prepare();
    moving.ask(Operation::Open);
    moving.settle();
    moving.lock.inject(DeviceFault::Reboot);
    moving.settle();
    assert_eq!(moving.outcomes(), [(DoorOutcome::Unsure, Some(DoorReason::Interrupted))]);
    assert!(moving.phone.is_over());
}
