//! Stories of a door that opens and locks.

use std::time::Duration;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::pair::{Pair, at_an_open_door, at_the_door, config, credential, kari_lock, phone_with, world};
use crate::danalock::device::{FinishedIn, LockConfig, SimulatedLock};
use crate::danalock::{Credential, Trust};
use crate::device::{Device, DeviceFault};
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;
use crate::testing::room::Air;

const OPENED: (DoorOutcome, Option<DoorReason>) = (DoorOutcome::Opened, None);
const LOCKED: (DoorOutcome, Option<DoorReason>) = (DoorOutcome::Locked, None);

/// Until the motor has run and the state is asked.
const A_MOMENT: Duration = Duration::from_secs(3);

#[test]
fn a_cold_opening_takes_five_exchanges() {
    let mut door = at_the_door();
    door.ask(Operation::Open);
    door.prepare();
    assert_eq!(door.phone.round_trips(), 5, "the event says that the motor runs");
    assert!(door.events.contains(&LockEvent::Moving(Operation::Open)));
    assert_eq!(door.outcomes(), []);
    door.wait_for(Duration::from_secs(1));
    assert_eq!(door.outcomes(), [OPENED]);
    assert_eq!((door.state().locked, door.moved("unlocked")), (Some(false), 1));
}

#[test]
fn a_prepared_opening_takes_one() {
    let mut door = at_the_door();
    door.prepare();
    let Some(LockEvent::Ready(lock)) = door.events.iter().find(|event| matches!(event, LockEvent::Ready(_)))
    else {
        panic!("not ready")
    };
    assert_eq!((lock.device_id.as_str(), lock.firmware.as_str()), ("0a1b2c3d4e5f", "1.2.3"));
    assert!(!lock.unfamiliar);
    assert_eq!((door.state().locked, door.state().battery_percent), (Some(true), Some(74)));
    let before = door.phone.round_trips();
    door.ask(Operation::Open);
    door.settle();
    assert_eq!(door.phone.round_trips(), before + 1);
    door.wait_for(A_MOMENT);
    assert_eq!(door.outcomes(), [OPENED]);
}

#[test]
fn ready_means_one_round_trip_at_whatever_moment_the_worker_slides() {
    let mut whole = at_the_door();
    whole.prepare();
    let mut early = 0;
    for n in 1..whole.packets {
        let mut door = at_the_door();
        door.air = Air::StopAfter(n);
        door.prepare();
        let (ready, before) = (door.is_ready(), door.phone.round_trips());
        door.ask(Operation::Open);
        door.air = Air::Clear;
        door.settle();
        let trips = door.phone.round_trips() - before;
        assert!(!ready || trips <= 1, "after packet {n}: {trips}");
        early += usize::from(!ready && trips > 1);
        door.wait_for(A_MOMENT);
        assert_eq!(door.outcomes(), [OPENED]);
    }
    assert!(early > 0, "some slides come too early");
}

#[test]
fn ada_opens_and_locks_again_and_leaves() {
    let mut door = at_the_door();
    door.prepare();
    for operation in [Operation::Open, Operation::Lock] {
        door.ask(operation);
        door.wait_for(A_MOMENT);
    }
    assert_eq!(door.outcomes(), [OPENED, LOCKED]);
    assert_eq!((door.moved("unlocked"), door.moved("locked")), (1, 1));
    assert_eq!(door.state().locked, Some(true));
    assert_eq!(door.events.iter().filter(|event| matches!(event, LockEvent::Ready(_))).count(), 1);
    door.leave();
    assert_eq!(door.ended(), Some(None));
}

#[test]
fn locking_cold_is_confirmed_by_the_state() {
    let mut door = at_an_open_door();
    door.ask(Operation::Lock);
    door.prepare();
    door.wait_for(A_MOMENT);
    assert_eq!((door.outcomes(), door.moved("locked")), (vec![LOCKED], 1));
}

#[test]
fn two_sessions_in_a_row() {
    let mut door = at_the_door();
    for operation in [Operation::Open, Operation::Lock] {
        door.ask(operation);
        door.prepare();
        door.wait_for(A_MOMENT);
        door.leave();
        assert_eq!((door.outcomes().len(), door.ended()), (1, Some(None)));
        door.again(phone_with(credential()));
    }
    assert_eq!((door.moved("unlocked"), door.moved("locked")), (1, 1));
}

#[test]
fn a_session_is_kept_alive_and_its_state_fresh() {
    let mut door = at_the_door();
    door.prepare();
    let states = |door: &Pair| door.events.iter().filter(|e| matches!(e, LockEvent::State(_))).count();
    let before = states(&door);
    door.wait();
    assert_eq!(door.ended(), None);
    assert!((8..=11).contains(&(states(&door) - before)));
    door.ask(Operation::Open);
    door.wait_for(A_MOMENT);
    assert_eq!(door.outcomes(), [OPENED]);
}

#[test]
fn a_phone_that_falls_silent_is_sent_away() {
    let mut door = at_the_door();
    door.prepare();
    door.air = Air::StopAfter(0);
    door.wait_for(Duration::from_secs(9));
    assert!(!door.lock.poll_disconnect());
    door.wait_for(Duration::from_secs(20));
    assert!(door.lock.poll_disconnect());
}

#[test]
fn notifications_may_be_cut_anyhow() {
    for size in [1, 3, 7, 21, 64, 5000] {
        let mut door = at_the_door();
        door.air = Air::Regroup(size);
        door.ask(Operation::Open);
        door.prepare();
        door.wait_for(A_MOMENT);
        assert_eq!(door.outcomes(), [OPENED], "{size}");
    }
}

#[test]
fn either_form_of_finished_opens() {
    for finished_in in [FinishedIn::ApplicationData, FinishedIn::Handshake] {
        let lock = SimulatedLock::new(LockConfig { finished_in, ..config() }, world(2));
        let mut door = Pair::new(phone_with(credential()), lock);
        door.ask(Operation::Open);
        door.prepare();
        door.wait_for(A_MOMENT);
        assert_eq!(door.outcomes(), [OPENED]);
    }
}

#[test]
fn what_is_trusted_first_is_told_and_can_be_pinned() {
    let mut door = at_the_door();
    door.again(phone_with(Credential { trust: Trust::FirstSeen, ..credential() }));
    door.prepare();
    let fingerprint = door.events.iter().find_map(|event| match event {
        LockEvent::FirstSeen { fingerprint } => Some(*fingerprint),
        _ => None,
    });
    let der = &kari_lock().certificate_der;
    let known = crate::danalock::certificate::Certificate::decode(der).unwrap().fingerprint();
    assert_eq!(fingerprint, Some(known));
    door.again(phone_with(Credential { trust: Trust::Pinned(known), ..credential() }));
    door.ask(Operation::Open);
    door.prepare();
    door.wait_for(A_MOMENT);
    assert_eq!(door.outcomes(), [OPENED]);
    assert!(!door.events.iter().any(|event| matches!(event, LockEvent::FirstSeen { .. })));
}

#[test]
fn a_bad_link_layer_of_the_lock_is_borne() {
    for fault in ["duplicate_frames", "bytewise", "lose_ack", "finished_0x16", "nonsense"] {
        let mut door = at_the_door();
        door.lock.inject(DeviceFault::Own(fault.into()));
        door.ask(Operation::Open);
        door.prepare();
        door.wait_for(Duration::from_secs(6));
        assert_eq!((door.outcomes(), door.moved("unlocked")), (vec![OPENED], 1), "{fault}");
    }
}

#[test]
fn a_command_whose_acknowledgement_is_lost_is_obeyed_once() {
    for operation in [Operation::Open, Operation::Lock] {
        let mut door = at_the_door();
        door.prepare();
        door.lock.inject(DeviceFault::Own("lose_ack".into()));
        door.ask(operation);
        door.air = Air::StopAfter(door.packets + 3);
        door.settle();
        door.air = Air::Clear;
        door.wait_for(Duration::from_secs(6));
        assert_eq!((door.outcomes().len(), door.lock.report().movements.len()), (1, 1));
        assert_ne!(door.outcomes()[0].0, DoorOutcome::Unsure);
    }
}

#[test]
fn a_second_operation_while_one_is_open_is_refused_and_one_after_the_end_too() {
    let mut door = at_the_door();
    door.ask(Operation::Open);
    door.ask(Operation::Open);
    door.prepare();
    door.wait_for(A_MOMENT);
    assert_eq!(door.outcomes(), [(DoorOutcome::Refused, Some(DoorReason::LockError)), OPENED]);
    door.cut();
    door.events.clear();
    door.ask(Operation::Open);
    door.ask(Operation::Unknown("paint".into()));
    door.settle();
    let over = (DoorOutcome::Refused, Some(DoorReason::LinkLost));
    assert_eq!(door.outcomes(), [over.clone(), over]);
    assert_eq!(door.moved("unlocked"), 1);
}

#[test]
fn closing_before_the_command_is_out_sends_none_and_after_it_is_unsure() {
    let mut door = at_the_door();
    door.prepare();
    door.ask(Operation::Open);
    door.leave();
    assert_eq!(door.outcomes(), [(DoorOutcome::Refused, Some(DoorReason::LinkLost))]);
    assert_eq!((door.moved("unlocked"), door.ended()), (0, Some(None)));

    let mut late = at_the_door();
    late.prepare();
    late.ask(Operation::Open);
    late.settle();
    late.leave();
    assert_eq!(late.outcomes(), [(DoorOutcome::Unsure, Some(DoorReason::Interrupted))]);
    assert_eq!((late.moved("unlocked"), late.ended()), (1, Some(None)));

    let mut never = at_the_door();
    never.phone.command(LockCommand::Close, never.now);
    never.settle();
    assert_eq!(never.ended(), Some(None));
}

#[test]
fn there_is_no_log() {
    let mut door = at_the_door();
    door.phone.command(LockCommand::ReadLog { after: 0 }, door.now);
    door.settle();
    assert_eq!(door.events, [LockEvent::Log(vec![])]);
}
