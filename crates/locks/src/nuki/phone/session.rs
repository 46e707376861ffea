//! A connection that opens and locks with a credential.

use std::collections::VecDeque;

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use uuid::Uuid;

use super::act::Pending;
use super::entries::Keeping;
use super::link::Link;
use super::log::Reading;
use super::next::Asked;
use super::profile;
use crate::failure::Failure;
use crate::family::Visitor;
use crate::lock::{LockCommand, LockDescription, LockEvent, LockState};
use crate::nuki::Credential;
use crate::nuki::errand::Errand;
use crate::nuki::message::{DateTime, LastAction};
use crate::session::{Profile, Session, Transmit};

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    NotConnected,
    Open,
    Over,
}

/// The phone's half of an ordinary connection (7, 12).
///
/// An operation that is asked before anything else costs two round trips: the challenge, and the action. Where nothing
/// is asked the session reads the states, sets the lock's clock where it may and must, reads the configuration, and
/// takes a challenge that it keeps fresh: an operation costs one round trip then. An action is given out once; only
/// where the lock says that it refused it for its challenge, and its state says that nothing happened, once more.
pub struct LockSession {
    pub(super) credential: Credential,
    pub(super) visitor: Visitor,
    pub(super) expected: u32,
    pub(super) link: Link,
    pub(super) stage: Stage,
    /// The request that waits for its reply; an action is in `operation`.
    pub(super) asked: Option<Asked>,
    /// In hand, and since when.
    pub(super) challenge: Option<([u8; 32], Uptime)>,
    pub(super) operation: Option<Pending>,
    /// An operation had its outcome before the lock said COMPLETE: it may say so yet, and means that one.
    pub(super) complete_owed: bool,
    /// What the lock last said of its bolt and of what it was told.
    pub(super) heard: Option<(u8, Option<LastAction>)>,
    /// The lock's time, as it last told it.
    pub(super) heard_time: DateTime,
    pub(super) states_read: bool,
    pub(super) config_read: bool,
    /// How often a request was refused for its challenge.
    pub(super) doubts: u8,
    pub(super) time_wanted: Option<Option<i64>>,
    pub(super) time_tried: bool,
    pub(super) log: Option<Reading>,
    pub(super) logs_wanted: VecDeque<u32>,
    pub(super) errands: Vec<Errand>,
    pub(super) keeping: Option<Keeping>,
    pub(super) description: LockDescription,
    pub(super) state: LockState,
    pub(super) ready_told: bool,
    pub(super) events: VecDeque<LockEvent>,
}

impl LockSession {
    /// `nuki_id`: the lock that it must be.
    #[must_use]
    pub fn new(credential: Credential, nuki_id: u32, visitor: Visitor) -> Self {
        let device_id = format!("{nuki_id:08X}");
        let pulls_latch = Some(credential.unlatch);
        Self {
            link: Link::new(&credential, visitor.entropy.clone()),
            credential,
            visitor,
            expected: nuki_id,
            stage: Stage::NotConnected,
            asked: None,
            challenge: None,
            operation: None,
            complete_owed: false,
            heard: None,
            heard_time: DateTime::NONE,
            states_read: false,
            config_read: false,
            doubts: 0,
            time_wanted: None,
            time_tried: false,
            log: None,
            logs_wanted: VecDeque::new(),
            errands: Vec::new(),
            keeping: None,
            description: LockDescription { device_id, pulls_latch, ..LockDescription::default() },
            state: LockState::default(),
            ready_told: false,
            events: VecDeque::new(),
        }
    }

    /// Ends at once; nothing more is sent.
    pub(super) fn fail(&mut self, failure: Failure) {
        self.end(Some(failure.reason), Some(failure.detail));
    }

    fn end(&mut self, reason: Option<DoorReason>, detail: Option<String>) {
        self.link.clear();
        self.asked = None;
        self.challenge = None;
        if let Some(pending) = self.operation.take() {
            let why = reason.clone().unwrap_or(DoorReason::LinkLost);
            let (outcome, why) = match pending.is_given() {
                true => (DoorOutcome::Unsure, pending.unsure(reason.as_ref())),
                false => (DoorOutcome::Refused, why),
            };
            self.tell_outcome(pending.operation, outcome, Some(why), detail.clone());
        }
        self.end_logs();
        self.end_entries();
        self.stage = Stage::Over;
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

    /// Nothing that waits for a reply to something else is due before that reply.
    fn deadline(&self) -> Option<(Uptime, &'static str)> {
        if self.stage != Stage::Open {
            return None;
        }
        let operation = self.operation.as_ref();
        let give_up = operation.and_then(|pending| pending.give_up).map(|at| (at, "the outcome"));
        let next = match self.asked {
            Some(asked) => Some((asked.by, asked.what.awaits())),
            None => match operation {
                Some(pending) => pending.read_at.map(|at| (at, "the outcome")),
                None => self.refresh_at(),
            },
        };
        next.into_iter().chain(give_up).min()
    }
}

impl Session for LockSession {
    type Command = LockCommand;
    type Event = LockEvent;

    fn profile(&self) -> Profile {
        profile()
    }

    fn connected(&mut self, _mtu: usize, now: Uptime) {
        if self.stage == Stage::NotConnected {
            self.stage = Stage::Open;
            self.advance(now);
        }
    }

    fn received(&mut self, characteristic: Uuid, value: &[u8], now: Uptime) {
        if self.stage == Stage::Open {
            self.take(characteristic, value, now);
            self.advance(now);
        }
    }

    fn disconnected(&mut self, _now: Uptime) {
        if self.stage != Stage::Over {
            let doing = self.deadline().map_or("nothing", |(_, awaited)| awaited);
            self.fail(Failure::new(DoorReason::LinkLost, format!("link lost while waiting for {doing}")));
        }
    }

    /// What is asked of a session that is over is answered, although no event should follow the end: no question
    /// stays open.
    fn command(&mut self, command: LockCommand, now: Uptime) {
        match command {
            LockCommand::Operate(operation) => self.operate(operation, now),
            LockCommand::ReadLog { after } => self.read_log(after),
            LockCommand::KeepEntries => self.keep_entries(),
            LockCommand::Close if self.is_over() => {}
            LockCommand::Close => self.end(None, None),
        }
        self.advance(now);
    }

    fn timed_out(&mut self, now: Uptime) {
        let Some((_, awaited)) = self.deadline().filter(|(at, _)| *at <= now) else { return };
        if self.asked.is_some_and(|asked| asked.by <= now) {
            self.fail(Failure::new(DoorReason::NoAnswer, format!("no answer in time: {awaited}")));
        } else {
            self.operation_timed_out(now);
        }
        self.advance(now);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        let (transmit, command) = self.link.poll()?;
        self.given_out(command);
        Some(transmit)
    }

    fn poll_event(&mut self) -> Option<LockEvent> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        self.deadline()
    }

    fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    fn round_trips(&self) -> u32 {
        self.link.trips.count()
    }
}
