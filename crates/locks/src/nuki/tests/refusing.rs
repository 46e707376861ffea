//! Errors and doubts at the door.

use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::pair::{Pair, at_the_door, lock_with, session_of};
use super::raw::Raw;
use super::vectors::{AUTHORIZATION, array, paired, shared_key, vector};
use crate::device::{Device, DeviceFault};
use crate::lock::LockEvent;
use crate::nuki::device::LockConfig;
use crate::nuki::frame::{Message, encode_inner, seal};
use crate::nuki::message::{
    DateTime, ErrorReport, LastAction, States, Status, UpdateEntry, action, challenge, code, id, lock_state,
};
use crate::nuki::phone::LockSession;
use crate::nuki::{Credential, GENERAL, USER};
use crate::session::Session;
use terskel_model::Uptime;
use terskel_model::world::random;

/// A phone, and a lock that says whatever it is told to say.
struct Bench {
    phone: LockSession,
    entropy: std::sync::Arc<terskel_model::world::ManualWorld>,
    now: Uptime,
}

const NOW: Uptime = Uptime(super::pair::BOOT);

fn states(lock_state: u8, last: u8, second: u8) -> Message {
    let mut payload = vec![0; 21];
    payload[..3].copy_from_slice(&[2, lock_state, 0]);
    payload[3..10].copy_from_slice(&DateTime([0xea, 7, 3, 7, 8, 15, second]).0);
    payload[15] = last;
    States::decode(&payload).unwrap().encode()
}

fn refused_with(code: u8) -> Message {
    ErrorReport { code, command: id::LOCK_ACTION }.encode()
}

impl Bench {
    /// The action is given out.
    fn asked(operation: Operation) -> Self {
        let mut bench = Self { phone: session_of(paired()), entropy: super::pair::world(9), now: NOW };
        bench.phone.command(crate::lock::LockCommand::Operate(operation), NOW);
        bench.phone.connected(247, NOW);
        assert_eq!(bench.sent(), 1);
        bench.say(&challenge(&[5; 32]));
        assert_eq!(bench.sent(), 1);
        bench
    }

    fn sent(&mut self) -> usize {
        std::iter::from_fn(|| self.phone.poll_transmit()).count()
    }

    fn seal(&self, message: &Message) -> Vec<u8> {
        let nonce = random(&*self.entropy);
        seal(&shared_key("shared_key"), AUTHORIZATION, &nonce, &encode_inner(AUTHORIZATION, message)).unwrap()
    }

    fn say(&mut self, message: &Message) {
        let value = self.seal(message);
        self.phone.received(USER, &value, self.now);
    }

    fn outcome(&mut self) -> Option<(DoorOutcome, Option<DoorReason>)> {
        let events = std::iter::from_fn(|| self.phone.poll_event());
        events.fold(None, |found, event| match event {
            LockEvent::Outcome { outcome, reason, .. } => {
                assert!(found.is_none(), "two outcomes");
                Some((outcome, reason))
            }
            _ => found,
        })
    }

    fn pass(&mut self, seconds: u64) {
        self.now = self.now + std::time::Duration::from_secs(seconds);
        self.phone.timed_out(self.now);
    }
}

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
    bench.phone.command(crate::lock::LockCommand::Operate(Operation::Open), NOW);
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
            door.wait_for(std::time::Duration::from_secs(5));
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

#[test]
fn checks_of_the_lock_in_their_order() {
    let mut raw = Raw::new(LockConfig::default());
    assert_eq!(Raw::error(&raw.say(&Message::new(0x4242, [1; 50]))), code::UNKNOWN);
    assert_eq!(Raw::error(&raw.say(&Message::new(id::REQUEST_DATA, [4]))), code::BAD_LENGTH);
    assert_eq!(Raw::error(&raw.say(&Message::new(id::REQUEST_DATA, [9, 9]))), code::BAD_PARAMETER);
    assert_eq!(Raw::error(&raw.say(&Message::new(id::LOCK_ACTION, [1; 31]))), code::BAD_LENGTH);
    assert_eq!(Raw::error(&raw.say(&Message::new(id::LOCK_ACTION, [1; 38]))), code::BAD_NONCE);
    assert_eq!(Raw::error(&raw.proven(Message::new(id::LOCK_ACTION, [1; 7]), None)), code::BAD_LENGTH);
    assert_eq!(Raw::error(&raw.act(0x07)), code::BAD_PARAMETER);
    assert_eq!(Raw::error(&raw.act(0x81)), code::BAD_PARAMETER);
    let disabled =
        UpdateEntry { id: AUTHORIZATION, name: "Phone".into(), enabled: false, remote: false, limits: None };
    assert_eq!(Raw::error(&raw.proven(disabled.encode(), Some(1234))), 0);
    assert_eq!(Raw::error(&raw.act(action::UNLOCK)), code::DISABLED);
    assert!(raw.lock.report().movements.is_empty());
}

#[test]
fn a_challenge_is_good_once_and_for_a_minute() {
    let mut raw = Raw::new(LockConfig::default());
    let sent = crate::nuki::message::LockAction { action: 1, app_id: 7, flags: 0, suffix: None };
    let with = |challenge| {
        let proof = crate::nuki::message::Proof { challenge, pin: None };
        proof.complete(crate::nuki::Generation::Classic, sent.encode())
    };
    let first = raw.challenge();
    let second = raw.challenge();
    assert_eq!(Raw::error(&raw.say(&with(first))), code::BAD_NONCE, "replaced");
    assert_eq!(Raw::error(&raw.say(&with(second))), code::BAD_NONCE, "and used up by the wrong one");
    let third = raw.challenge();
    raw.pass(61);
    assert_eq!(Raw::error(&raw.say(&with(third))), code::BAD_NONCE, "too old");
    let fourth = raw.challenge();
    raw.pass(60);
    assert_eq!(Raw::error(&raw.say(&with(fourth))), 0);
    assert_eq!(Raw::error(&raw.say(&with(fourth))), code::BAD_NONCE, "used");
    assert_eq!(Raw::error(&raw.act(1)), code::BUSY);
    raw.pass(5);
    assert_eq!(raw.lock.report().movements.len(), 1);
}

#[test]
fn pins_are_counted_and_locked_out() {
    let mut raw = Raw::new(LockConfig::default());
    let verify = |raw: &mut Raw, pin| Raw::error(&raw.proven(Message::new(id::VERIFY_PIN, []), Some(pin)));
    for _ in 0..4 {
        assert_eq!(verify(&mut raw, 1), code::BAD_PIN);
    }
    assert_eq!(verify(&mut raw, 1234), 0, "a right one resets");
    for _ in 0..5 {
        assert_eq!(verify(&mut raw, 1), code::BAD_PIN);
    }
    assert_eq!(verify(&mut raw, 1234), code::TOO_MANY_PIN_ATTEMPTS);
    raw.pass(61);
    assert_eq!(verify(&mut raw, 1234), 0);
}

#[test]
fn old_firmware_without_last_action_is_believed_after_accepted() {
    let mut bench = Bench::asked(Operation::Open);
    bench.say(&Status::ACCEPTED.encode());
    let mut short = states(lock_state::UNLOCKED, 0, 30);
    short.payload.truncate(15);
    bench.say(&short);
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)));
    let _: [u8; 32] = array("challenge");
    let _ = LastAction { action: 0, trigger: 0, completion: 0 };
}
