//! What the phone makes of errors, of silence and of answers that prove nothing.

use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::world::random;

use super::bench::{Bench, NOW, refused_with, states};
use super::pair::session_of;
use super::vectors::{paired, vector};
use crate::lock::{LockCommand, LockEvent};
use crate::nuki::frame::Message;
use crate::nuki::message::{ErrorReport, Status, action, challenge, code, id, lock_state};
use crate::nuki::{Credential, GENERAL, USER};
use crate::session::Session;

#[test]
fn what_each_code_means_before_anything_moved() {
    use DoorReason::{BatteryEmpty, Jammed, KeyRejected, LockBusy, LockError, LockNotNow, NotCalibrated};
    for (codes, reason) in [
        (&[0x27, 0x25, 0x40, 0x4e, 0x4f][..], LockNotNow),
        (&[0x42, 0x43, 0x44, 0x48], Jammed),
        (&[0x41, 0x47], NotCalibrated),
        (&[0x49, 0x4c], BatteryEmpty),
        (&[0x45], LockBusy),
        (&[0x20], KeyRejected),
        (&[0x12, 0x23, 0xfe, 0xff, 0x46, 0x4a, 0x4b, 0x4d, 0x99], LockError),
    ] {
        for code in codes {
            let mut bench = Bench::asked(Operation::Open);
            bench.say(&refused_with(*code));
            assert_eq!(bench.outcome(), Some((DoorOutcome::Refused, Some(reason.clone()))), "{code:#x}");
        }
    }
}

#[test]
fn a_refused_challenge_is_asked_once_more_where_nothing_happened() {
    for doubtful in [code::BAD_NONCE, code::BAD_CRC] {
        let mut bench = Bench::asked(Operation::Open);
        bench.say(&refused_with(doubtful));
        assert_eq!((bench.outcome(), bench.sent()), (None, 1), "reads the state first");
        bench.say(&states(lock_state::LOCKED, action::LOCK, 30));
        assert_eq!(bench.sent(), 1, "a new challenge");
        bench.say(&challenge(&[6; 32]));
        assert_eq!(bench.sent(), 1, "once more");
        bench.say(&refused_with(doubtful));
        assert_eq!(bench.sent(), 1);
        bench.say(&states(lock_state::LOCKED, action::LOCK, 31));
        let refused = (DoorOutcome::Refused, Some(DoorReason::LockError));
        assert_eq!(bench.outcome(), Some(refused), "not a third time");
    }
}

#[test]
fn a_refused_challenge_of_an_action_that_runs_already_is_waited_for() {
    let mut bench = Bench::asked(Operation::Open);
    bench.say(&refused_with(code::BAD_NONCE));
    bench.say(&states(lock_state::UNLOCKING, action::UNLOCK, 30));
    assert_eq!((bench.outcome(), bench.sent()), (None, 1), "the state alone was asked for");
    bench.say(&Status::COMPLETE.encode());
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)));
}

#[test]
fn a_refused_challenge_while_somebody_else_moves_the_bolt() {
    let mut bench = Bench::asked(Operation::Open);
    bench.say(&refused_with(code::BAD_NONCE));
    bench.say(&states(lock_state::LOCKING, action::LOCK, 30));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Refused, Some(DoorReason::LockBusy))));
}

#[test]
fn a_refusal_of_a_copy_does_not_end_a_movement() {
    let mut bench = Bench::asked(Operation::Open);
    bench.say(&Status::ACCEPTED.encode());
    bench.say(&refused_with(code::BAD_NONCE));
    bench.say(&refused_with(code::BUSY));
    assert_eq!(bench.outcome(), None);
    bench.say(&states(lock_state::UNLOCKED, action::UNLOCK, 30));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)), "the lock's word");
}

#[test]
fn silence_after_the_action_is_settled_by_the_state_or_not_at_all() {
    for (lock_state, last, outcome) in [
        (lock_state::UNLOCKED, action::UNLOCK, (DoorOutcome::Opened, None)),
        (lock_state::UNLOCKED, action::LOCK, (DoorOutcome::Unsure, Some(DoorReason::Interrupted))),
        (lock_state::LOCKED, action::UNLOCK, (DoorOutcome::Unsure, Some(DoorReason::Interrupted))),
        (lock_state::BLOCKED, action::UNLOCK, (DoorOutcome::Unsure, Some(DoorReason::Jammed))),
    ] {
        let mut bench = Bench::asked(Operation::Open);
        bench.pass(10);
        assert_eq!((bench.outcome(), bench.sent()), (None, 1), "asks for the state");
        bench.say(&states(lock_state, last, 40));
        assert_eq!(bench.outcome(), Some(outcome));
    }
    let mut bench = Bench::asked(Operation::Open);
    bench.pass(10);
    bench.pass(10);
    assert_eq!(bench.outcome(), Some((DoorOutcome::Unsure, Some(DoorReason::Interrupted))));
    assert!(bench.phone.is_over());
}

#[test]
fn a_bolt_is_thrown_when_the_state_says_so_and_not_by_complete_alone() {
    let asked_for_state = || {
        let mut bench = Bench::asked(Operation::Lock);
        bench.say(&Status::ACCEPTED.encode());
        bench.say(&states(lock_state::LOCKING, action::LOCK, 30));
        bench.say(&Status::COMPLETE.encode());
        assert_eq!((bench.outcome(), bench.sent()), (None, 1));
        bench
    };
    let mut bench = asked_for_state();
    bench.say(&states(lock_state::LOCKED, action::LOCK, 32));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Locked, None)));
    let mut bench = asked_for_state();
    bench.say(&states(lock_state::UNLOCKED, action::LOCK, 32));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Unsure, Some(DoorReason::Interrupted))));
}

#[test]
fn a_state_before_accepted_opens_nothing() {
    let mut bench = Bench::asked(Operation::Open);
    bench.say(&states(lock_state::UNLOCKED, action::UNLOCK, 30));
    assert_eq!(bench.outcome(), None);
    bench.say(&refused_with(code::TIME_NOT_ALLOWED));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Refused, Some(DoorReason::LockNotNow))));
}

#[test]
fn an_old_answer_again_and_the_phones_own_message_back_are_not_taken() {
    let mut bench = Bench::asked(Operation::Open);
    let accepted = bench.seal(&Status::ACCEPTED.encode());
    let complete = bench.seal(&Status::COMPLETE.encode());
    bench.phone.received(USER, &accepted, NOW);
    bench.phone.received(USER, &complete, NOW);
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)));
    bench.sent();
    bench.say(&states(lock_state::UNLOCKED, action::UNLOCK, 33));
    while bench.sent() > 0 {
        bench.say(&challenge(&random(&*bench.entropy)));
        bench.say(&ErrorReport { code: code::UNKNOWN, command: id::REQUEST_CONFIG }.encode());
    }
    bench.phone.command(LockCommand::Operate(Operation::Open), NOW);
    assert_eq!(bench.sent(), 1);
    for old in [&accepted, &complete] {
        bench.phone.received(USER, old, NOW);
    }
    let reflected = bench.seal(&Message::new(id::LOCK_ACTION, [1; 38]));
    bench.phone.received(USER, &reflected, NOW);
    assert_eq!(bench.outcome(), None, "nothing was said of the second opening");
}

#[test]
fn a_state_whose_time_runs_backwards_is_not_believed() {
    let mut bench = Bench::asked(Operation::Open);
    bench.say(&states(lock_state::LOCKED, action::LOCK, 30));
    bench.say(&Status::ACCEPTED.encode());
    bench.say(&states(lock_state::UNLOCKED, action::UNLOCK, 20));
    assert_eq!(bench.outcome(), None);
    bench.say(&states(lock_state::UNLOCKED, action::UNLOCK, 29));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)), "a second or two is the lock's rounding");
}

#[test]
fn an_error_in_clear_ends_the_session_and_proves_nothing() {
    let error = vector("F1_not_authorized_on_e201");
    let mut bench = Bench::asked(Operation::Open);
    bench.phone.received(GENERAL, &error, NOW);
    assert_eq!(bench.outcome(), Some((DoorOutcome::Unsure, Some(DoorReason::KeyRejected))));
    let mut phone = session_of(paired());
    phone.connected(247, NOW);
    phone.received(GENERAL, &error, NOW);
    let last = std::iter::from_fn(|| phone.poll_event()).last();
    assert!(matches!(last, Some(LockEvent::Ended { reason: Some(DoorReason::KeyRejected), .. })));
}

#[test]
fn old_firmware_without_last_action_is_believed_after_accepted() {
    let mut bench = Bench::asked(Operation::Open);
    bench.say(&Status::ACCEPTED.encode());
    let mut short = states(lock_state::UNLOCKED, 0, 30);
    short.payload.truncate(15);
    bench.say(&short);
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)));
}

/// The latch springs back: a state that was so before proves nothing.
#[test]
fn a_latch_that_was_pulled_before_does_not_count_for_now() {
    let unsure = (DoorOutcome::Unsure, Some(DoorReason::Interrupted));
    let unlatching = || Bench::with(Credential { unlatch: true, ..paired() }, Operation::Open);
    let mut bench = unlatching();
    bench.pass(10);
    bench.say(&states(lock_state::UNLOCKED, action::UNLATCH, 40));
    assert_eq!(
        bench.outcome(),
        Some(unsure.clone()),
        "silence, and the state of an hour ago, for all we know"
    );

    let mut bench = unlatching();
    bench.say(&refused_with(code::BAD_NONCE));
    bench.say(&states(lock_state::UNLOCKED, action::UNLATCH, 40));
    assert_eq!(bench.outcome(), Some(unsure), "refused, and never repeated where it may have been pulled");

    let mut bench = unlatching();
    bench.say(&Status::ACCEPTED.encode());
    bench.say(&states(lock_state::UNLATCHING, action::UNLATCH, 40));
    assert_eq!(bench.outcome(), None);
    bench.say(&states(lock_state::UNLATCHED, action::UNLATCH, 42));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)));

    let mut bench = unlatching();
    bench.say(&Status::ACCEPTED.encode());
    bench.pass(30);
    bench.say(&states(lock_state::UNLOCKED, action::UNLATCH, 59));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)), "the lock took it");
}

#[test]
fn a_bolt_that_somebody_else_moves_is_not_told_as_moving_for_us() {
    let mut bench = Bench::asked(Operation::Open);
    bench.pass(10);
    bench.say(&states(lock_state::LOCKING, action::LOCK, 40));
    let told: Vec<_> = std::iter::from_fn(|| bench.phone.poll_event()).collect();
    assert!(!told.iter().any(|event| matches!(event, LockEvent::Moving(_) | LockEvent::Outcome { .. })));
    bench.pass(3);
    bench.say(&states(lock_state::LOCKED, action::LOCK, 43));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Unsure, Some(DoorReason::Interrupted))));
}

#[test]
fn an_action_that_nobody_fetches_is_withdrawn() {
    let mut phone = session_of(paired());
    phone.command(LockCommand::Operate(Operation::Open), NOW);
    phone.connected(247, NOW);
    assert!(phone.poll_transmit().is_some());
    let bench = Bench::asked(Operation::Open);
    let value = bench.seal(&challenge(&[5; 32]));
    phone.received(USER, &value, NOW);
    phone.timed_out(NOW + std::time::Duration::from_secs(40));
    let refused =
        |event: LockEvent| matches!(event, LockEvent::Outcome { outcome: DoorOutcome::Refused, .. });
    assert!(std::iter::from_fn(|| phone.poll_event()).any(refused));
    let sent: Vec<_> = std::iter::from_fn(|| phone.poll_transmit()).collect();
    assert!(sent.iter().all(|sent| sent.value.len() == 56), "requests alone");
}
