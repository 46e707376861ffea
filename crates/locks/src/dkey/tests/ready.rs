//! When the phone says that it is ready: an operation costs one round trip from then on.

use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::driver::{Bench, NOW};
use super::pair::at_the_door;
use crate::dkey::frame::Frame;
use crate::dkey::message::id;
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;
use crate::testing::room::Air;

/// How many turns of the link the outcome takes if the worker slides right after packet `n` of the preparation, and
/// whether the phone had told that it is ready.
fn slide_after(n: usize) -> (bool, usize) {
    let mut door = at_the_door();
    door.air = Air::StopAfter(n);
    door.connect();
    door.settle();
    let ready = door.events.iter().any(|event| matches!(event, LockEvent::Ready(_)));
    door.air = Air::Clear;
    door.turns = 0;
    door.ask(Operation::Open);
    door.settle();
    assert_eq!(door.outcomes(), [(DoorOutcome::Opened, None)]);
    let outcome = door.events.iter().position(|event| matches!(event, LockEvent::Outcome { .. })).unwrap();
    (ready, door.told_in_turn[outcome])
}

#[test]
fn ready_means_one_round_trip_at_whatever_moment_the_worker_slides() {
    let slides: Vec<_> = (1..packets_of_preparation()).map(slide_after).collect();
    assert!(
        slides.iter().any(|(ready, turns)| !ready && *turns > 1),
        "some slides come too early: {slides:?}"
    );
    assert!(slides.iter().all(|(ready, turns)| !ready || *turns <= 1), "{slides:?}");
    assert!(slide_after(packets_of_preparation()).0);
}

fn packets_of_preparation() -> usize {
    let mut door = at_the_door();
    door.connect();
    door.settle();
    door.packets
}

#[test]
fn ready_is_told_once_whether_or_not_something_is_asked_already() {
    for asked_first in [true, false] {
        let mut door = at_the_door();
        if asked_first {
            door.ask(Operation::Open);
        }
        door.connect();
        door.settle();
        let ready = |event: &&LockEvent| matches!(event, LockEvent::Ready(_));
        assert_eq!(door.events.iter().filter(ready).count(), 1);
    }
}

#[test]
fn ready_comes_with_the_last_word_on_notifications_whatever_that_is() {
    let at = |seconds| Uptime(Duration::from_secs(seconds));
    let is_ready = |events: Vec<LockEvent>| events.iter().any(|event| matches!(event, LockEvent::Ready(_)));

    let mut settled = Bench::asked_for_notifications();
    settled.say(Frame::new(id::MASK, [0x7f]));
    settled.heard();
    assert!(!is_ready(settled.events()), "the values are still to come");
    settled.say(Frame::new(id::SET_MASK_ANSWER, [2, 1]));
    assert!(is_ready(settled.events()));

    let mut refused = Bench::asked_for_notifications();
    refused.say(Frame::new(id::ACK, [1, id::GET_MASK]));
    assert!(is_ready(refused.events()));

    let mut silent = Bench::asked_for_notifications();
    silent.phone.timed_out(at(4));
    assert!(!is_ready(silent.events()));
    silent.phone.timed_out(at(5));
    assert!(is_ready(silent.events()) && !silent.phone.is_over());
    silent.ask(Operation::Open);
    silent.say(Frame::new(id::MASK, [0x7f]));
    assert_eq!(silent.heard(), [], "a late answer starts nothing beside the operation");
    silent.say(Frame::new(id::UNLOCK_ANSWER, [0; 5]));
    assert_eq!(silent.outcome(), Some((DoorOutcome::Opened, None)));
}

#[test]
fn a_lock_that_falls_silent_before_a_slide_that_waits_is_given_up() {
    let mut bench = Bench::asked_for_notifications();
    bench.phone.command(LockCommand::Operate(Operation::Open), NOW);
    bench.phone.timed_out(Uptime(Duration::from_secs(5)));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Refused, Some(DoorReason::NoAnswer))));
    assert_eq!(bench.heard(), [], "nothing was sent");
}
