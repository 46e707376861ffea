//! A connection that opens and locks with a credential.

use std::collections::VecDeque;

use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::{Timestamp, Uptime};
use uuid::Uuid;

use super::operate::{Pending, Progress};
use super::prepare::Prepared;
use super::request::Outstanding;
use super::{ANSWER_WITHIN, ASK_EVERY};
use crate::danalock::certificate::Expected;
use crate::danalock::frame::Stream;
use crate::danalock::reliable::{Carries, Heard, Reliable};
use crate::danalock::tls::{Channel, Client};
use crate::danalock::{Credential, NOTIFY, SERVICE, Serial, VALUE, WRITE};
use crate::failure::Failure;
use crate::family::Visitor;
use crate::lock::{LockCommand, LockDescription, LockEvent, LockState};
use crate::session::{Profile, RoundTrips, Session, Transmit};

/// A clock that shows an earlier time has never been set: it proves nothing about a certificate.
const CLOCK_IS_GOOD_FROM: i64 = 1_735_689_600;

/// How far the session has come.
pub(super) enum Stage {
    NotConnected,
    /// The reliable layer opens.
    Opening,
    Handshake {
        client: Box<Client>,
        give_up: Uptime,
    },
    LoggingIn(Box<Channel>),
    /// Logged in.
    Open(Box<Channel>),
    /// The FIN is out, or waits for an acknowledgement.
    Closing,
    Over,
}

/// The phone's half of a connection (chapters 5 to 7).
///
/// An operation that is asked before the login is done goes out right after it; otherwise the phone looks around, then
/// says that it is ready, and keeps the session alive with questions for the lock's state. One slid while such a
/// question is on its way waits for its answer. One command, given out once, is all that an
/// [`LockCommand::Operate`] ever sends: repetitions in the reliable layer have the number of the first, and a lock
/// takes each number once.
pub struct LockSession {
    pub(super) serial: Serial,
    pub(super) credential: Credential,
    pub(super) visitor: Visitor,
    stream: Stream,
    pub(super) link: Reliable,
    pub(super) stage: Stage,
    pub(super) outstanding: Option<Outstanding>,
    pub(super) operation: Option<Pending>,
    pub(super) prepared: Prepared,
    pub(super) description: LockDescription,
    pub(super) state: LockState,
    pub(super) ready_told: bool,
    pub(super) events: VecDeque<LockEvent>,
    /// When the last result came.
    pub(super) last_result: Uptime,
    pub(super) trips: RoundTrips,
}

impl LockSession {
    /// A session with that lock, on a connection that is still to come.
    #[must_use]
    pub fn new(serial: Serial, credential: Credential, visitor: Visitor) -> Self {
        Self {
            serial,
            credential,
            stream: Stream::default(),
            link: Reliable::phone(serial, visitor.entropy.clone()),
            visitor,
            stage: Stage::NotConnected,
            outstanding: None,
            operation: None,
            prepared: Prepared::default(),
            description: LockDescription { device_id: serial.to_string(), ..LockDescription::default() },
            state: LockState::default(),
            ready_told: false,
            events: VecDeque::new(),
            last_result: Uptime::default(),
            trips: RoundTrips::default(),
        }
    }

    pub(super) fn expected(&self, now: Uptime) -> Expected {
        Expected { serial: self.serial, trust: self.credential.trust.clone(), at: self.good_time(now) }
    }

    /// The time of day, where the phone's clock can be right.
    pub(super) fn good_time(&self, now: Uptime) -> Option<Timestamp> {
        Some(self.visitor.wall(now)).filter(|wall| wall.timestamp() >= CLOCK_IS_GOOD_FROM)
    }

    fn hear(&mut self, heard: Heard, now: Uptime) -> Result<(), Failure> {
        match (heard, &self.stage) {
            (_, Stage::Over | Stage::NotConnected) => {}
            (Heard::Closed | Heard::Dead, Stage::Closing) => self.end(None, None),
            (_, Stage::Closing) => {}
            (Heard::Opened, _) => self.greet(now),
            (Heard::Data(record), _) => self.take(&record, now)?,
            (Heard::Closed, _) => {
                let detail = format!("the lock ended the session while {}", self.doing());
                self.end(Some(DoorReason::LinkLost), Some(detail));
            }
            (Heard::Dead, _) => {
                return Err(Failure::new(
                    DoorReason::NoAnswer,
                    format!("no acknowledgement while {}", self.doing()),
                ));
            }
        }
        Ok(())
    }

    /// Ends at once. The lock is told so where that needs no waiting.
    fn fail(&mut self, failure: Failure, now: Uptime) {
        self.link.close(now);
        self.end(Some(failure.reason), Some(failure.detail));
    }

    pub(super) fn end(&mut self, reason: Option<DoorReason>, detail: Option<String>) {
        self.settle_operation(reason.clone(), detail.clone());
        self.stage = Stage::Over;
        self.outstanding = None;
        self.events.push_back(LockEvent::Ended { reason, detail });
    }

    /// Nothing stays open about the operation: what was given out may have arrived.
    fn settle_operation(&mut self, reason: Option<DoorReason>, detail: Option<String>) {
        let Some(pending) = self.operation.take() else { return };
        let (outcome, why) = match pending.progress {
            Progress::Given | Progress::Confirming { .. } => (DoorOutcome::Unsure, DoorReason::Interrupted),
            Progress::Waiting | Progress::Queued => {
                (DoorOutcome::Refused, reason.unwrap_or(DoorReason::LinkLost))
            }
        };
        self.tell_outcome(pending.operation, outcome, Some(why), detail);
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

    fn close(&mut self, now: Uptime) {
        if matches!(self.stage, Stage::Over | Stage::Closing) {
            return;
        }
        self.settle_operation(None, None);
        self.outstanding = None;
        if self.link.is_open() {
            self.link.close(now);
            self.stage = Stage::Closing;
        } else {
            self.link.silence();
            self.end(None, None);
        }
    }

    /// What waits in this layer, and until when.
    fn deadline(&self) -> Option<(Uptime, &'static str)> {
        match &self.stage {
            Stage::Handshake { give_up, .. } => Some((*give_up, "the handshake")),
            Stage::LoggingIn(_) | Stage::Open(_) => match (&self.outstanding, &self.operation) {
                (Some(waiting), _) => Some((waiting.give_up, waiting.asked.awaits())),
                (None, Some(Pending { progress: Progress::Confirming { ask_at, .. }, .. })) => {
                    Some((*ask_at, "the motor to rest"))
                }
                (None, _) => Some((self.last_result + ASK_EVERY, "keeping the session alive")),
            },
            _ => None,
        }
    }

    /// What the session does now, for the log.
    pub(super) fn doing(&self) -> String {
        match (&self.operation, &self.stage, &self.outstanding) {
            (Some(Pending { progress: Progress::Given, operation, .. }), ..) => {
                format!("waiting for the outcome of {operation}")
            }
            (_, Stage::NotConnected | Stage::Opening, _) => "opening the session".into(),
            (_, Stage::Handshake { .. }, _) => "shaking hands".into(),
            (_, _, Some(waiting)) => format!("waiting for {}", waiting.asked.awaits()),
            _ => "nothing was asked".into(),
        }
    }
}

impl Session for LockSession {
    type Command = LockCommand;
    type Event = LockEvent;

    fn profile(&self) -> Profile {
        Profile { service: SERVICE, notify: vec![NOTIFY] }
    }

    fn connected(&mut self, _mtu: usize, now: Uptime) {
        if matches!(self.stage, Stage::NotConnected) {
            self.link.open(now);
            self.stage = Stage::Opening;
        }
    }

    fn received(&mut self, _characteristic: Uuid, value: &[u8], now: Uptime) {
        for frame in self.stream.push(value) {
            let result = self.link.received(frame, now).map_or(Ok(()), |heard| self.hear(heard, now));
            if let Err(failure) = result {
                self.fail(failure, now);
            }
        }
    }

    fn disconnected(&mut self, _now: Uptime) {
        self.link.silence();
        match self.stage {
            Stage::Over => {}
            Stage::Closing => self.end(None, None),
            _ => {
                let detail = format!("link lost while {}", self.doing());
                self.end(Some(DoorReason::LinkLost), Some(detail));
            }
        }
    }

    /// An operation asked of a session that is over is refused, although no event should follow the end: no question
    /// stays open.
    fn command(&mut self, command: LockCommand, now: Uptime) {
        match command {
            LockCommand::Operate(operation) => self.operate(operation, now),
            LockCommand::ReadLog { .. } => self.events.push_back(LockEvent::Log(Vec::new())),
            LockCommand::KeepEntries => self.events.push_back(LockEvent::Entries(Vec::new())),
            LockCommand::Close => self.close(now),
        }
    }

    fn timed_out(&mut self, now: Uptime) {
        if let Some(heard) = self.link.timed_out(now)
            && let Err(failure) = self.hear(heard, now)
        {
            self.fail(failure, now);
        }
        let Some((_, awaited)) = self.deadline().filter(|(at, _)| *at <= now) else { return };
        if self.outstanding.is_some() || matches!(self.stage, Stage::Handshake { .. }) {
            // What comes after this could be taken for the answer to the next request (7.1).
            let detail = format!("no answer in {} s: {awaited}", ANSWER_WITHIN.as_secs());
            self.fail(Failure::new(DoorReason::NoAnswer, detail), now);
        } else {
            self.ask_state(now);
        }
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        let (carries, value) = self.link.poll(VALUE)?;
        if carries != Carries::Ack {
            self.trips.spoke();
        }
        if let Carries::Data(number) = carries {
            self.given_out(number);
        }
        Some(Transmit { characteristic: WRITE, value, with_response: false })
    }

    fn poll_event(&mut self) -> Option<LockEvent> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        let link = self.link.poll_timeout().map(|at| (at, "an acknowledgement"));
        let link = link.filter(|_| !matches!(self.stage, Stage::Over));
        link.into_iter().chain(self.deadline()).min_by_key(|(at, _)| *at)
    }

    fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    fn round_trips(&self) -> u32 {
        self.trips.count()
    }
}
