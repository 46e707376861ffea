//! Chapters 7 and 11: what a driver must check and accept, with a lock made of single messages.

use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::driver::{Bench, at};
use super::vectors::hex;
use crate::danalock::NOTIFY;
use crate::danalock::afi::{Command, Information, State};
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;

const UNSURE: Option<(DoorOutcome, Option<DoorReason>)> =
    Some((DoorOutcome::Unsure, Some(DoorReason::Interrupted)));

#[test]
fn an_unfamiliar_lock_is_ready_all_the_same() {
    let mut bench = Bench::ready();
    let ready = bench.events().into_iter().find_map(|event| match event {
        LockEvent::Ready(description) => Some(description),
        _ => None,
    });
    let description = ready.unwrap();
    assert!(description.unfamiliar && description.firmware == "1.2.3");
    let familiar =
        Information { product: 9, hardware: [0; 3], firmware: [0; 3], identifier: "DanalockV3_X".into() };
    assert!(familiar.is_familiar());
}

#[test]
fn questions_that_the_lock_refuses_do_no_harm() {
    let mut bench = Bench::logged_in();
    for command in [Command::GET_STATE, Command::POWER_SOURCE, Command::INFORMATION, Command::SET_UTC] {
        bench.say(&command.result(3, &[]));
        bench.heard();
    }
    let events = bench.events();
    assert!(matches!(events.as_slice(), [LockEvent::Ready(lock)] if lock.unfamiliar), "{events:?}");
}

#[test]
fn a_result_of_another_command_ends_the_session() {
    for result in ["02040500020400", "02040200", "02010100", "02050100"] {
        let mut bench = Bench::asked(Operation::Open);
        bench.say(&hex(result));
        assert_eq!(bench.outcome(), UNSURE, "{result}");
        assert!(bench.phone.is_over());
    }
    let mut unasked = Bench::ready();
    unasked.say(&hex("02040100"));
    assert!(unasked.phone.is_over());
    assert_eq!(unasked.outcome(), None);
}

#[test]
fn a_result_before_the_command_is_out_keeps_it_in() {
    let mut bench = Bench::ready();
    bench.events();
    bench.phone.command(LockCommand::Operate(Operation::Open), bench.now);
    let record = bench.channel.as_mut().unwrap().seal(&hex("02040100")).unwrap();
    bench.link.send(record, bench.now);
    while let Some((_, value)) = bench.link.poll(20) {
        bench.phone.received(NOTIFY, &value, bench.now);
    }
    assert_eq!(bench.outcome(), Some((DoorOutcome::Refused, Some(DoorReason::LockError))));
    assert!(bench.heard().is_empty());
}

#[test]
fn requests_and_unreadable_messages_end_the_session() {
    for message in ["010405", "0204", "020401", "09040100", ""] {
        let mut bench = Bench::ready();
        bench.say(&hex(message));
        assert!(bench.phone.is_over(), "{message}");
    }
}

#[test]
fn a_late_result_counts_for_nothing() {
    let mut bench = Bench::asked(Operation::Open);
    bench.now = at(10);
    bench.phone.timed_out(at(10));
    assert_eq!(bench.outcome(), UNSURE);
    bench.say(&hex("02040100"));
    bench.phone.command(LockCommand::Operate(Operation::Open), at(11));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Refused, Some(DoorReason::LinkLost))));
    assert!(bench.heard().is_empty(), "nothing is repeated");
}

#[test]
fn events_are_taken_at_any_time() {
    let mut bench = Bench::asked(Operation::Open);
    for event in ["030401", "0304010302", "03040103020000", "030909", "03ffff01", "0304010902ff"] {
        bench.say(&hex(event));
    }
    bench.say(&hex("02040100"));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)));
    let mut early = Bench::shaken();
    early.say(&hex("030401030400"));
    early.say(&hex("02010100"));
    assert_eq!(early.heard(), [hex("010405")]);
}

#[test]
fn a_blocked_flag_is_told() {
    let mut bench = Bench::ready();
    bench.events();
    bench.say(&hex("030401030401"));
    assert!(bench.events().iter().any(|event| matches!(event, LockEvent::State(state) if state.jammed)));
}

#[test]
fn locked_is_told_when_the_lock_says_so() {
    let resting = State::new(true, None, false).encode();
    let mut bench = Bench::asked(Operation::Lock);
    bench.say(&hex("02040100"));
    assert_eq!(bench.outcome(), None);
    assert_eq!(bench.heard(), [hex("010405")]);
    bench.say(&Command::GET_STATE.result(0, &resting));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Locked, None)));

    for (answer, reason) in [
        (Command::GET_STATE.result(0, &hex("020400")), DoorReason::LockError),
        (Command::GET_STATE.result(0, &hex("020401")), DoorReason::Jammed),
        (Command::GET_STATE.result(0, &hex("070400")), DoorReason::LockError),
        (Command::GET_STATE.result(5, &[]), DoorReason::LockError),
    ] {
        let mut bench = Bench::asked(Operation::Lock);
        bench.say(&hex("02040100"));
        bench.heard();
        bench.say(&answer);
        assert_eq!(bench.outcome(), Some((DoorOutcome::Unsure, Some(reason))));
    }
}

#[test]
fn a_motor_that_runs_on_after_the_result_is_waited_for() {
    let mut bench = Bench::asked(Operation::Lock);
    bench.say(&hex("02040100"));
    for second in 0..10 {
        assert_eq!(bench.heard(), [hex("010405")]);
        let state = if second % 2 == 0 { "020300" } else { "030300" };
        bench.say(&Command::GET_STATE.result(0, &hex(state)));
        assert_eq!(bench.phone.poll_timeout(), Some((at(second + 1), "the motor to rest")));
        bench.now = at(second + 1);
        bench.phone.timed_out(bench.now);
    }
    bench.heard();
    bench.say(&Command::GET_STATE.result(0, &hex("020300")));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Unsure, Some(DoorReason::LockError))));
}

#[test]
fn a_refused_login_ends_the_session() {
    for (status, reason) in
        [(0x5e, DoorReason::KeyRejected), (0x60, DoorReason::KeyExpired), (7, DoorReason::LockError)]
    {
        let mut bench = Bench::shaken();
        bench.phone.command(LockCommand::Operate(Operation::Open), at(0));
        bench.say(&Command::LOGIN.result(status, &[]));
        assert_eq!(bench.outcome(), Some((DoorOutcome::Refused, Some(reason))));
        assert!(bench.phone.is_over());
    }
}

#[test]
fn an_alert_or_a_forged_record_ends_the_session() {
    for record in ["15030300020100", "17030300190000000000000004ffffffffffffffffffffffffffffffffff"] {
        let mut bench = Bench::asked(Operation::Open);
        bench.link.send(hex(record), at(0));
        bench.carry();
        assert_eq!(bench.outcome(), UNSURE);
    }
}

#[test]
fn the_phone_gives_every_record_ten_seconds() {
    let mut silent = Bench::logged_in();
    assert_eq!(silent.phone.poll_timeout(), Some((at(10), "the lock's state")));
    silent.phone.timed_out(at(9));
    assert!(!silent.phone.is_over());
    silent.phone.timed_out(at(10));
    assert!(silent.phone.is_over());
    let ended =
        |event: &LockEvent| matches!(event, LockEvent::Ended { reason: Some(DoorReason::NoAnswer), .. });
    assert!(silent.events().iter().any(ended));
}
