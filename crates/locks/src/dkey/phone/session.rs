//! A connection that opens and locks with a credential.

use std::collections::VecDeque;
use std::sync::Arc;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::{Entropy, Uptime};
use uuid::Uuid;

use super::authenticate::Stage;
use super::failure;
use super::identify::Identify;
use super::operate::{Pending, Progress};
use super::{ANSWER_WITHIN, profile};
use crate::dkey::Credential;
use crate::dkey::channel::{Channel, ChannelError, Side};
use crate::dkey::frame::{Frame, parse_plain};
use crate::dkey::message::{Ack, DisconnectRequest, id, reason};
use crate::failure::Failure;
use crate::lock::{LockCommand, LockDescription, LockEvent, LockState};
use crate::session::{Profile, RoundTrips, Session, Transmit};

/// The phone's half of an ordinary connection (6.2, 6.3, 6.5 to 6.8).
///
/// An operation that is asked while the session authenticates goes out with the last acknowledgement; notifications
/// are switched on after it; one that is asked after [`LockEvent::Ready`] costs one round trip. One command, given out once, is all that an [`LockCommand::Operate`] ever sends.
pub struct LockSession {
    pub(super) credential: Credential,
    pub(super) expected: Option<[u8; 4]>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) channel: Channel,
    pub(super) stage: Stage,
    pub(super) description: LockDescription,
    pub(super) state: LockState,
    pub(super) notifications: Notifications,
    pub(super) operation: Option<Pending>,
    pub(super) ready_told: bool,
    pub(super) events: VecDeque<LockEvent>,
    trips: RoundTrips,
    deadline: Option<(Uptime, &'static str)>,
}

/// How far switching notifications on has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notifications {
    NotAsked,
    /// Which there are is asked.
    Asking,
    /// They are being switched on: once, however often the lock tells which there are.
    Setting,
    /// On, or the lock does not want to.
    Settled,
}

impl LockSession {
    /// `expected_device_id`: the lock that it must be; any lock that knows the key if `None`.
    #[must_use]
    pub fn new(
        credential: Credential,
        expected_device_id: Option<[u8; 4]>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            credential,
            expected: expected_device_id,
            channel: Channel::new(Side::Phone, entropy.clone()),
            entropy,
            stage: Stage::NotConnected,
            description: LockDescription::default(),
            state: LockState::default(),
            notifications: Notifications::NotAsked,
            operation: None,
            ready_told: false,
            events: VecDeque::new(),
            trips: RoundTrips::default(),
            deadline: None,
        }
    }

    fn take(&mut self, value: &[u8], now: Uptime) -> Result<(), Failure> {
        if matches!(self.stage, Stage::Handshake) && value.len() != 20 {
            return Err(refusal_in_clear(value));
        }
        let frame = match self.channel.receive(None, value) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(()),
            Err(ChannelError::Seal) if matches!(self.stage, Stage::Handshake) => {
                return Err(Failure::new(DoorReason::KeyRejected, "the lock has another secret"));
            }
            Err(error) => return Err(Failure::new(DoorReason::LinkLost, error.to_string())),
        };
        self.trips.heard();
        match frame.id {
            id::DISCONNECT => return self.leave(&frame),
            id::STATUS | id::CHANGES if self.channel.is_secure() => self.take_report(&frame, now)?,
            _ if matches!(self.stage, Stage::Ready) => self.take_answer(&frame, now)?,
            _ => self.authenticate(&frame)?,
        }
        self.advance(now);
        Ok(())
    }

    fn leave(&mut self, frame: &Frame) -> Result<(), Failure> {
        let request = DisconnectRequest::decode(&frame.payload).ok_or(failure::malformed(frame.id))?;
        self.channel.drop_commands();
        self.channel.ack(frame.id, 0);
        let cause = match request.0 {
            reason::KEY_DISABLED => DoorReason::KeyRejected,
            _ => DoorReason::LinkLost,
        };
        self.end(Some(cause), Some(format!("the lock disconnects: {} ({})", request.name(), request.0)));
        Ok(())
    }

    /// Ends at once; nothing more is sent.
    fn fail(&mut self, failure: Failure) {
        self.channel.drop_all();
        self.end(Some(failure.reason), Some(failure.detail));
    }

    fn end(&mut self, reason: Option<DoorReason>, detail: Option<String>) {
        if let Some(pending) = self.operation.take() {
            let why = reason.clone().unwrap_or(DoorReason::LinkLost);
            let (outcome, why) = match pending.progress {
                Progress::Given => (DoorOutcome::Unsure, pending.interrupted()),
                Progress::Waiting | Progress::Queued => (DoorOutcome::Refused, why),
            };
            self.tell_outcome(pending.operation, outcome, Some(why), detail.clone());
        }
        self.stage = Stage::Over;
        self.deadline = None;
        self.events.push_back(LockEvent::Ended { reason, detail });
    }

    pub(super) fn tell_outcome(
        &mut self,
        operation: Operation,
        outcome: DoorOutcome,
        reason: Option<DoorReason>,
        detail: Option<String>,
    ) {
        self.events.push_back(LockEvent::Outcome { operation, outcome, reason, detail });
    }

    fn set_deadline(&mut self, now: Uptime) {
        self.deadline = match &self.stage {
            Stage::NotConnected | Stage::Over => None,
            Stage::Ready => self.operation_deadline().or_else(|| {
                let waiting = !self.channel.is_free() || self.channel.is_partial();
                waiting.then(|| (now + ANSWER_WITHIN, "the lock's state"))
            }),
            stage => Some((now + ANSWER_WITHIN, stage.awaits())),
        };
    }
}

/// A lock that does not accept the reply has no cipher to say so with (6.3, \[S\]).
fn refusal_in_clear(value: &[u8]) -> Failure {
    let ack = parse_plain(value).ok().filter(|frame| frame.id == id::ACK);
    match ack.and_then(|frame| Ack::decode(&frame.payload)) {
        Some(ack) => failure::refused(ack.error, ack.id),
        None => Failure::new(DoorReason::LinkLost, "a frame in clear after the challenge"),
    }
}

impl Session for LockSession {
    type Command = LockCommand;
    type Event = LockEvent;

    fn profile(&self) -> Profile {
        profile()
    }

    fn connected(&mut self, _mtu: usize, now: Uptime) {
        if !matches!(self.stage, Stage::NotConnected) {
            return;
        }
        let (identify, question) = Identify::start(&*self.entropy);
        self.channel.send(question);
        self.stage = Stage::Identify(identify);
        self.set_deadline(now);
    }

    fn received(&mut self, _characteristic: Uuid, value: &[u8], now: Uptime) {
        if matches!(self.stage, Stage::NotConnected | Stage::Over) {
            return;
        }
        if let Err(failure) = self.take(value, now) {
            self.fail(failure);
        }
        self.set_deadline(now);
    }

    fn disconnected(&mut self, _now: Uptime) {
        if !self.is_over() {
            self.fail(Failure::new(DoorReason::LinkLost, format!("link lost while {}", self.doing())));
        }
        self.channel.drop_all();
    }

    /// An operation asked of a session that is over is refused, although no event should follow the end: no question
    /// stays open.
    fn command(&mut self, command: LockCommand, now: Uptime) {
        match command {
            LockCommand::Operate(operation) => self.operate(operation, now),
            LockCommand::ReadLog { .. } => self.events.push_back(LockEvent::Log(Vec::new())),
            LockCommand::KeepEntries => self.events.push_back(LockEvent::Entries(Vec::new())),
            LockCommand::Close if self.is_over() => {}
            LockCommand::Close => {
                self.channel.drop_commands();
                self.end(None, None);
            }
        }
        self.set_deadline(now);
    }

    fn timed_out(&mut self, now: Uptime) {
        let Some((_, awaited)) = self.deadline.filter(|(at, _)| *at <= now) else { return };
        if !self.operation_timed_out(now) && !self.settle_without_answer(now) {
            self.fail(Failure::new(DoorReason::NoAnswer, format!("no answer in time: {awaited}")));
        }
        self.set_deadline(now);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        let (characteristic, value, id) = self.channel.poll()?;
        self.given_out(id);
        self.trips.spoke();
        Some(Transmit { characteristic, value, with_response: true })
    }

    fn poll_event(&mut self) -> Option<LockEvent> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        self.deadline
    }

    fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    fn round_trips(&self) -> u32 {
        self.trips.count()
    }
}
