//! Stories of a door that stays shut, and says why.

use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::pair::{Pair, adas_phone, at_the_door, kari_key, lock_with, world};
use super::vectors::KEY_HOLDER;
use crate::device::{Device, DeviceFault, DeviceTime};
use crate::dkey::device::LockConfig;
use crate::dkey::phone::LockSession;
use crate::dkey::{Credential, FROM_SERVER, TO_SERVER};

fn refused(door: &mut Pair<LockSession>) -> DoorReason {
    door.ask(Operation::Open);
    door.connect();
    door.wait();
    assert_eq!(door.lock.report().state, "locked");
    match door.outcomes().as_slice() {
        [(DoorOutcome::Refused, Some(reason))] => reason.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_secret_and_an_unknown_key_are_rejected() {
    for wrong in
        [Credential { secret: [1; 32], ..kari_key() }, Credential { key_holder_id: [9; 4], ..kari_key() }]
    {
        let mut door = Pair::new(LockSession::new(wrong, None, world(1)), lock_with(LockConfig::default()));
        assert_eq!(refused(&mut door), DoorReason::KeyRejected);
        assert_eq!(door.ended(), Some(Some(DoorReason::KeyRejected)));
    }
}

#[test]
fn a_disabled_key_is_rejected_before_any_command() {
    let mut door = at_the_door();
    door.lock.disable(KEY_HOLDER, true);
    assert_eq!(refused(&mut door), DoorReason::KeyRejected);
}

#[test]
fn a_one_time_key_opens_once() {
    let mut door = at_the_door();
    door.lock.set_one_time(KEY_HOLDER, true);
    door.connect();
    door.ask(Operation::Open);
    door.settle();
    door.ask(Operation::Open);
    door.settle();
    let second = (DoorOutcome::Refused, Some(DoorReason::KeyRejected));
    assert_eq!(door.outcomes(), [(DoorOutcome::Opened, None), second]);
    assert_eq!(door.moved("unlocked"), 1);
}

#[test]
fn versions_25_and_29_are_not_spoken() {
    for protocol_version in [25, 29] {
        let lock = lock_with(LockConfig { protocol_version, ..LockConfig::default() });
        assert_eq!(refused(&mut Pair::new(adas_phone(), lock)), DoorReason::Unsupported);
    }
}

#[test]
fn the_neighbours_lock_gets_no_key() {
    let phone = LockSession::new(kari_key(), Some([1, 2, 3, 4]), world(1));
    let mut door = Pair::new(phone, lock_with(LockConfig::default()));
    assert_eq!(refused(&mut door), DoorReason::WrongDevice);
}

#[test]
fn a_jammed_lock_says_so_for_both_operations() {
    let mut door = at_the_door();
    door.connect();
    door.lock.inject(DeviceFault::Jammed(true));
    for operation in [Operation::Open, Operation::Lock] {
        door.ask(operation);
        door.settle();
    }
    let jammed = (DoorOutcome::Refused, Some(DoorReason::Jammed));
    assert_eq!(door.outcomes(), [jammed.clone(), jammed]);
    assert_eq!((door.moved("jammed"), door.moved("unlocked")), (2, 0));
    assert!(door.state().jammed);
}

#[test]
fn a_lock_that_hangs_is_told_apart_by_what_was_sent() {
    let mut silent = at_the_door();
    silent.lock.inject(DeviceFault::Hang(true));
    assert_eq!(refused(&mut silent), DoorReason::NoAnswer);

    let mut late = at_the_door();
    late.connect();
    late.settle();
    late.lock.inject(DeviceFault::Hang(true));
    late.ask(Operation::Open);
    late.wait();
    assert_eq!(late.outcomes(), [(DoorOutcome::Unsure, Some(DoorReason::Interrupted))]);
}

#[test]
fn the_lock_takes_nothing_on_the_wrong_lane() {
    let mut lock = lock_with(LockConfig::default());
    let now =
        DeviceTime { uptime: terskel_model::Uptime::default(), wall: terskel_model::Timestamp::UNIX_EPOCH };
    lock.connected(23, now);
    lock.written(FROM_SERVER, &[0, 4, 1, 2, 3, 4], now);
    assert_eq!(lock.poll_notify(), Some((TO_SERVER, vec![0x51, 2, 2, 0])), "not authenticated");
    lock.written(TO_SERVER, &[0x51, 2, 0, 0], now);
    assert!(lock.poll_disconnect());
}

#[test]
fn commands_out_of_place_are_refused_and_unknown_ones_too() {
    let mut lock = lock_with(LockConfig::default());
    let now =
        DeviceTime { uptime: terskel_model::Uptime::default(), wall: terskel_model::Timestamp::UNIX_EPOCH };
    lock.connected(23, now);
    for (command, error) in [(3, 2), (0x27, 2), (0x4f, 1)] {
        lock.written(TO_SERVER, &[command, 1, 1], now);
        assert_eq!(lock.poll_notify(), Some((TO_SERVER, vec![0x51, 2, error, command])));
    }
    assert_eq!(lock.report().movements, []);
}

#[test]
fn a_phone_that_dawdles_is_asked_to_leave() {
    let mut lock = lock_with(LockConfig::default());
    let at = |seconds| DeviceTime {
        uptime: terskel_model::Uptime(std::time::Duration::from_secs(seconds)),
        wall: terskel_model::Timestamp::UNIX_EPOCH,
    };
    lock.connected(23, at(0));
    assert_eq!(lock.poll_timeout(), Some(at(10).uptime));
    lock.timed_out(at(10));
    assert_eq!(lock.poll_notify(), Some((FROM_SERVER, vec![4, 1, 2])));
    assert!(!lock.poll_disconnect(), "it waits for the acknowledgement");
    lock.timed_out(at(11));
    assert!(lock.poll_disconnect());
}
