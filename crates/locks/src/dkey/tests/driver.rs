//! Chapters 10 and 11: what a driver must check and accept, with a lock made of single frames.

use std::sync::Arc;

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};

use super::pair::{adas_phone, kari_key, world};
use super::vectors::DEVICE;
use crate::dkey::channel::{Channel, Side};
use crate::dkey::crypto::{SessionKeys, iv};
use crate::dkey::frame::Frame;
use crate::dkey::message::{Identification, LockName, Version, auth_challenge, handshake, id};
use crate::dkey::phone::LockSession;
use crate::dkey::{FROM_SERVER, TO_SERVER};
use crate::lock::{LockCommand, LockEvent};
use crate::session::Session;

pub(super) const NOW: Uptime = Uptime(std::time::Duration::ZERO);

/// A phone, and the lock's end of the link without a lock.
pub(super) struct Bench {
    pub(super) phone: LockSession,
    lock: Channel,
}

impl Bench {
    /// Connected and identified, with the lock's own question first: the order is free.
    fn identified() -> Self {
        let mut bench = Self { phone: adas_phone(), lock: Channel::new(Side::Lock, world(5)) };
        bench.phone.connected(23, NOW);
        let question = bench.heard().remove(0);
        assert_eq!(question.id, id::GET_IDENTIFICATION);
        bench.say(Frame::new(id::GET_IDENTIFICATION, [0; 4]));
        let lock =
            Identification { protocol: 28, software: Version([9, 0, 0]), holder: DEVICE, device_type: 77 };
        bench.say(lock.encode());
        bench.heard();
        bench.say(auth_challenge([3; 16]));
        let keys =
            SessionKeys::of_secret(&kari_key().secret, iv(question.payload.try_into().unwrap(), &[3; 16]));
        assert_eq!(bench.heard()[0].payload, keys.reply());
        bench.lock.secure(keys.lock());
        bench
    }

    /// Ready, notifications on.
    fn ready() -> Self {
        let mut bench = Self::asked_for_notifications();
        bench.say(Frame::new(id::MASK, [0x7f]));
        bench.heard();
        bench.say(Frame::new(id::SET_MASK_ANSWER, [2, 0x7f, 0x42, 0]));
        bench
    }

    /// Authenticated; the phone has asked which notifications there are.
    pub(super) fn asked_for_notifications() -> Self {
        let mut bench = Self::identified();
        bench.say(handshake());
        bench.heard();
        let name = LockName {
            device_id: DEVICE,
            door_type: 0xfe,
            side: 9,
            name: "Dør".into(),
            features: 0xc1,
            initialized: None,
        };
        bench.say(name.encode());
        while bench.heard().iter().all(|frame| frame.id != id::GET_MASK) {}
        bench
    }

    pub(super) fn ask(&mut self, operation: Operation) {
        self.phone.command(LockCommand::Operate(operation), NOW);
        assert_eq!(self.heard().len(), 1);
    }

    pub(super) fn say(&mut self, frame: Frame) {
        self.lock.send(frame);
        self.carry();
    }

    fn carry(&mut self) {
        while let Some((_, value, _)) = self.lock.poll() {
            self.phone.received(FROM_SERVER, &value, NOW);
        }
    }

    /// What the phone says, put together.
    pub(super) fn heard(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(sent) = self.phone.poll_transmit() {
            frames.extend(self.lock.receive(Some(sent.characteristic), &sent.value).unwrap());
        }
        self.carry();
        frames
    }

    pub(super) fn events(&mut self) -> Vec<LockEvent> {
        std::iter::from_fn(|| self.phone.poll_event()).collect()
    }

    pub(super) fn outcome(&mut self) -> Option<(DoorOutcome, Option<DoorReason>)> {
        self.events().into_iter().find_map(|event| match event {
            LockEvent::Outcome { outcome, reason, .. } => Some((outcome, reason)),
            _ => None,
        })
    }

    fn end(&mut self) -> Option<DoorReason> {
        self.events().into_iter().find_map(|event| match event {
            LockEvent::Ended { reason, .. } => reason,
            _ => None,
        })
    }
}

fn acks(frames: &[Frame]) -> Vec<(u8, u8)> {
    frames
        .iter()
        .filter(|frame| frame.id == id::ACK)
        .map(|frame| (frame.payload[0], frame.payload[1]))
        .collect()
}

#[test]
fn the_handshake_text_is_compared() {
    let mut bench = Bench::identified();
    bench.say(Frame::new(id::AUTH_ACCEPTED, *b"handshakechecK"));
    assert_eq!(bench.end(), Some(DoorReason::KeyRejected));
}

#[test]
fn a_first_frame_under_another_secret_is_a_rejected_key() {
    let mut bench = Bench::identified();
    bench.lock.secure(SessionKeys::of_secret(&[0; 32], [0; 16]).lock());
    bench.say(handshake());
    assert_eq!(bench.end(), Some(DoorReason::KeyRejected));
}

#[test]
fn unlock_errors_in_either_form_are_refusals() {
    for (answer, reason) in [
        (Frame::new(id::UNLOCK_ANSWER, [10, 0, 0, 0, 0]), DoorReason::LockError),
        (Frame::new(id::UNLOCK_ANSWER, [3, 0, 0, 0, 0]), DoorReason::KeyRejected),
        (Frame::new(id::ACK, [10, id::UNLOCK]), DoorReason::LockError),
        (Frame::new(id::ACK, [99, id::UNLOCK]), DoorReason::LockError),
    ] {
        let mut bench = Bench::ready();
        bench.ask(Operation::Open);
        bench.say(answer);
        assert_eq!(bench.outcome(), Some((DoorOutcome::Refused, Some(reason))));
        assert_eq!(bench.heard(), [], "nothing is repeated");
    }
}

#[test]
fn an_answer_of_another_length_still_counts() {
    let mut bench = Bench::ready();
    bench.ask(Operation::Open);
    bench.say(Frame::new(id::UNLOCK_ANSWER, [0]));
    assert_eq!(bench.outcome(), Some((DoorOutcome::Opened, None)));
}

#[test]
fn an_answer_to_a_command_that_was_not_given_out_counts_for_nothing() {
    let mut bench = Bench::ready();
    bench.phone.command(LockCommand::Operate(Operation::Open), NOW);
    bench.say(Frame::new(id::UNLOCK_ANSWER, [0; 5]));
    assert_eq!(bench.outcome(), None);
}

#[test]
fn unknown_values_and_long_updates_are_acknowledged() {
    let mut bench = Bench::ready();
    for (id, payload) in [
        (id::CHANGES, vec![0x63, 1, 1, 0xff, 2, 0xff, 3, 0xff]),
        (id::CHANGES, [0, 29].repeat(8)),
        (id::STATUS, vec![0x70]),
        (id::STATUS, vec![0xf0; 15]),
    ] {
        bench.lock.send(Frame::new(id, payload));
        let mut heard = Vec::new();
        for _ in 0..3 {
            bench.carry();
            heard.extend(bench.heard());
        }
        assert_eq!(acks(&heard), [(0, id)]);
    }
    bench.say(Frame::new(0x4e, [1, 2]));
    assert_eq!(acks(&bench.heard()), [(1, 0x4e)], "an unknown command is answered, and the session goes on");
    assert!(!bench.phone.is_over());
}

#[test]
fn an_update_of_odd_length_ends_the_session() {
    let mut bench = Bench::ready();
    bench.say(Frame::new(id::CHANGES, [2, 0, 1]));
    assert_eq!(bench.end(), Some(DoorReason::LockError));
}

#[test]
fn locking_is_confirmed_by_the_notification_alone_or_after_a_report() {
    for before in
        [None, Some(Frame::new(id::ACK, [0, id::CHANGE_MODE])), Some(Frame::new(id::STATUS, [4, 1, 1]))]
    {
        let mut bench = Bench::ready();
        bench.ask(Operation::Lock);
        if let Some(frame) = before {
            bench.say(frame);
            bench.heard();
            assert_eq!(bench.outcome(), None);
        }
        bench.say(Frame::new(id::CHANGES, [2, 0x81]));
        assert_eq!(bench.outcome(), Some((DoorOutcome::Locked, None)));
    }
}

#[test]
fn a_lock_that_tells_of_no_change_is_asked_once_and_then_doubted() {
    let at = |seconds| Uptime(std::time::Duration::from_secs(seconds));
    for (status, outcome) in [(1, Some((DoorOutcome::Locked, None))), (0, None)] {
        let mut bench = Bench::ready();
        bench.ask(Operation::Lock);
        bench.say(Frame::new(id::ACK, [0, id::CHANGE_MODE]));
        bench.phone.timed_out(at(3));
        assert_eq!(bench.heard(), [Frame::new(id::SET_MASK, [0x7f])]);
        bench.say(Frame::new(id::SET_MASK_ANSWER, [2, status]));
        assert_eq!(bench.outcome(), outcome);
        bench.phone.timed_out(at(10));
        let late = outcome.is_none().then_some((DoorOutcome::Unsure, Some(DoorReason::Interrupted)));
        assert_eq!(bench.outcome(), late);
    }
}

#[test]
fn a_request_to_disconnect_is_acknowledged_and_its_reason_told() {
    for (code, reason) in
        [(5, DoorReason::KeyRejected), (2, DoorReason::LinkLost), (0xff, DoorReason::LinkLost)]
    {
        let mut bench = Bench::ready();
        bench.events();
        bench.say(Frame::new(id::DISCONNECT, [code]));
        assert!(bench.phone.is_over());
        assert_eq!(acks(&bench.heard()), [(0, id::DISCONNECT)]);
        assert_eq!(bench.end(), Some(reason));
    }
}

#[test]
fn a_queued_unlock_is_withdrawn_when_the_lock_says_goodbye() {
    let mut bench = Bench::ready();
    bench.phone.command(LockCommand::Operate(Operation::Open), NOW);
    bench.say(Frame::new(id::DISCONNECT, [2]));
    let heard = bench.heard();
    assert_eq!(
        (acks(&heard), heard.len()),
        (vec![(0, id::DISCONNECT)], 1),
        "the seal is whole, the command is gone"
    );
    assert_eq!(bench.outcome(), Some((DoorOutcome::Refused, Some(DoorReason::LinkLost))));
}

#[test]
fn stuck_after_the_answer_is_told_as_state() {
    let mut bench = Bench::ready();
    bench.ask(Operation::Open);
    bench.say(Frame::new(id::UNLOCK_ANSWER, [0; 5]));
    bench.say(Frame::new(id::STATUS, [2]));
    let events = bench.events();
    assert!(matches!(events.last(), Some(LockEvent::State(state)) if state.jammed));
}

#[test]
fn the_lock_may_speak_on_either_lane_and_the_phone_answers_on_its_own() {
    let mut bench = Bench::ready();
    bench.lock.send(Frame::new(id::CHANGES, [2, 1]));
    let (_, value, _) = bench.lock.poll().unwrap();
    bench.phone.received(TO_SERVER, &value, NOW);
    assert_eq!(bench.phone.poll_transmit().unwrap().characteristic, FROM_SERVER);
}

#[test]
fn a_wrong_fragment_acknowledgement_is_noticed() {
    let mut sender = Channel::new(Side::Lock, world(1));
    let keys = SessionKeys::of_secret(&[1; 32], [2; 16]);
    for wrong in [[1, id::NAME], [0, id::PUBLIC_KEY]] {
        let mut receiver = Channel::new(Side::Phone, world(2));
        sender = Channel::new(Side::Lock, Arc::new(terskel_model::world::SystemWorld));
        sender.secure(keys.lock());
        receiver.secure(keys.phone());
        sender.send(Frame::new(id::NAME, [0; 20]));
        receiver.send(Frame::new(id::ACK, wrong));
        let (_, value, _) = receiver.poll().unwrap();
        assert!(sender.receive(None, &value).is_err());
    }
    assert!(!sender.is_free());
}
