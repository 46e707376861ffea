//! A connection that manages who may come in (8.9): so a short-lived key is held to its time by the lock itself.

use std::collections::VecDeque;
use std::sync::Arc;

use terskel_model::world::random;
use terskel_model::{Entropy, Uptime};
use uuid::Uuid;

use super::authorization::{Authorization, AuthorizationCommand, AuthorizationEvent, AuthorizationProblem};
use super::link::{Heard, Link};
use super::{ANSWER_WITHIN, profile};
use crate::nuki::Credential;
use crate::nuki::crypto::SharedKey;
use crate::nuki::frame::Message;
use crate::nuki::message::{
    Entry, ErrorReport, Invite, Invited, RemoveEntry, RequestData, RequestEntries, Status, UpdateEntry, code,
    fixed, id,
};
use crate::session::{Profile, Session, Transmit};

/// How far the first command of the queue has come.
enum Progress {
    Idle,
    /// Until then.
    Challenge(Uptime),
    Command {
        by: Uptime,
        given: bool,
        key: Option<SharedKey>,
        entries: Vec<Authorization>,
    },
}

/// The phone's half of a connection that manages authorizations.
pub struct AuthorizationSession {
    credential: Credential,
    entropy: Arc<dyn Entropy>,
    link: Link,
    connected: bool,
    over: bool,
    queue: VecDeque<AuthorizationCommand>,
    progress: Progress,
    events: VecDeque<AuthorizationEvent>,
}

/// More than any lock keeps.
const ALL: u16 = 500;

impl AuthorizationSession {
    /// `credential`: of somebody who knows the PIN.
    #[must_use]
    pub fn new(credential: Credential, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            link: Link::new(&credential, entropy.clone()),
            credential,
            entropy,
            connected: false,
            over: false,
            queue: VecDeque::new(),
            progress: Progress::Idle,
            events: VecDeque::new(),
        }
    }

    fn advance(&mut self, now: Uptime) {
        if self.connected && matches!(self.progress, Progress::Idle) && !self.queue.is_empty() {
            self.link.send(RequestData(id::CHALLENGE).encode());
            self.progress = Progress::Challenge(now + ANSWER_WITHIN);
        }
    }

    fn send(&mut self, challenge: [u8; 32], now: Uptime) {
        let mut key = None;
        let message = match self.queue.front() {
            Some(AuthorizationCommand::Invite { name, limits }) => {
                let made = key.insert(SharedKey::new(&random(&*self.entropy))).clone();
                Invite { name: name.clone(), kind: 0, key: made, remote: false, limits: *limits }.encode()
            }
            Some(AuthorizationCommand::Update { authorization_id, name, enabled, remote, limits }) => {
                UpdateEntry {
                    id: *authorization_id,
                    name: name.clone(),
                    enabled: *enabled,
                    remote: *remote,
                    limits: *limits,
                }
                .encode()
            }
            Some(AuthorizationCommand::Remove(id)) => RemoveEntry(*id).encode(),
            _ => RequestEntries { offset: 0, count: ALL, kind: None }.encode(),
        };
        self.link.send_proven(message, challenge, self.credential.pin);
        let by = now + ANSWER_WITHIN;
        self.progress = Progress::Command { by, given: false, key, entries: Vec::new() };
    }

    fn take(&mut self, message: &Message, now: Uptime) {
        let body = &message.payload;
        match (message.command, &mut self.progress) {
            (id::CHALLENGE, Progress::Challenge(_)) => {
                if let Some(challenge) = fixed(body) {
                    self.send(challenge, now);
                }
            }
            (id::INVITED, Progress::Command { key, .. }) => {
                if let (Some(invited), Some(key)) = (Invited::decode(body), key.take()) {
                    let credential = self.invited(invited.id, &key);
                    self.finish(AuthorizationEvent::Invited(credential));
                }
            }
            (id::ENTRY, Progress::Command { entries, by, .. }) if entries.len() < ALL.into() => {
                entries.extend(Entry::decode(body).map(Authorization::from));
                *by = now + ANSWER_WITHIN;
            }
            (id::STATUS, Progress::Command { entries, .. }) => {
                let entries = std::mem::take(entries);
                if Status::decode(body) == Some(Status::COMPLETE) {
                    self.completed(entries);
                }
            }
            (id::ERROR_REPORT, Progress::Challenge(_) | Progress::Command { .. }) => {
                if let Some(report) = ErrorReport::decode(body) {
                    self.refused(report);
                }
            }
            _ => {}
        }
    }

    fn invited(&self, authorization_id: u32, key: &SharedKey) -> Credential {
        Credential {
            authorization_id,
            shared_key: *key.bytes(),
            app_id: app_id(&*self.entropy),
            generation: self.credential.generation,
            pin: None,
            unlatch: self.credential.unlatch,
        }
    }

    fn completed(&mut self, entries: Vec<Authorization>) {
        match self.queue.front() {
            Some(AuthorizationCommand::Update { authorization_id, .. }) => {
                let id = *authorization_id;
                self.finish(AuthorizationEvent::Updated(id));
            }
            Some(AuthorizationCommand::Remove(id)) => {
                let id = *id;
                self.finish(AuthorizationEvent::Removed(id));
            }
            Some(AuthorizationCommand::List) => self.finish(AuthorizationEvent::Listed(entries)),
            _ => {}
        }
    }

    fn refused(&mut self, report: ErrorReport) {
        let problem = match report.code {
            code::BAD_PIN => AuthorizationProblem::WrongPin,
            code::TOO_MANY_PIN_ATTEMPTS => AuthorizationProblem::TooManyPins,
            code::INVALID_AUTH_ID => AuthorizationProblem::NotThere,
            code::TOO_MANY_ENTRIES => AuthorizationProblem::Full,
            code::NOT_AUTHORIZED => AuthorizationProblem::KeyRejected,
            _ => AuthorizationProblem::LockError,
        };
        let detail = super::failure::refusal(report.code, report.command);
        self.finish(AuthorizationEvent::Failed { problem, detail });
    }

    fn finish(&mut self, event: AuthorizationEvent) {
        self.queue.pop_front();
        self.progress = Progress::Idle;
        self.events.push_back(event);
    }

    /// Answers all that is open.
    fn end(&mut self, detail: &str, rejected: bool) {
        if self.over {
            return;
        }
        let given = matches!(self.progress, Progress::Command { given: true, .. });
        for n in 0..self.queue.len() {
            let problem = match (n, given) {
                _ if rejected => AuthorizationProblem::KeyRejected,
                (0, true) => AuthorizationProblem::Interrupted,
                _ => AuthorizationProblem::NotSent,
            };
            self.events.push_back(AuthorizationEvent::Failed { problem, detail: detail.to_owned() });
        }
        self.queue.clear();
        self.link.clear();
        self.progress = Progress::Idle;
        self.over = true;
        self.events.push_back(AuthorizationEvent::Ended);
    }
}

/// An id that an app chooses for itself: 0 is nobody's (6.1).
pub(super) fn app_id(entropy: &dyn Entropy) -> u32 {
    u32::from_le_bytes(random(entropy)).max(1)
}

impl Session for AuthorizationSession {
    type Command = AuthorizationCommand;
    type Event = AuthorizationEvent;

    fn profile(&self) -> Profile {
        profile()
    }

    fn connected(&mut self, _mtu: usize, now: Uptime) {
        self.connected = true;
        self.advance(now);
    }

    fn received(&mut self, characteristic: Uuid, value: &[u8], now: Uptime) {
        if self.over {
            return;
        }
        match self.link.receive(characteristic, value, now) {
            Ok(Some(Heard::Sealed(message))) => self.take(&message, now),
            // In clear it proves nothing: of a command that was given out nobody knows.
            Ok(Some(Heard::Clear(report))) if report.code == code::NOT_AUTHORIZED => {
                let given = matches!(self.progress, Progress::Command { given: true, .. });
                self.end("the lock does not know the key", !given);
            }
            Ok(_) => {}
            Err(error) => self.end(&error.to_string(), false),
        }
        self.advance(now);
    }

    fn disconnected(&mut self, _now: Uptime) {
        self.end("link lost", false);
    }

    fn command(&mut self, command: AuthorizationCommand, now: Uptime) {
        match command {
            AuthorizationCommand::Close => self.end("closed", false),
            _ if self.over || self.credential.pin.is_none() => {
                let no_pin = self.credential.pin.is_none();
                let problem =
                    if no_pin { AuthorizationProblem::NoPin } else { AuthorizationProblem::NotSent };
                self.events.push_back(AuthorizationEvent::Failed { problem, detail: "not sent".into() });
            }
            command => self.queue.push_back(command),
        }
        self.advance(now);
    }

    fn timed_out(&mut self, now: Uptime) {
        if self.poll_timeout().is_some_and(|(at, _)| at <= now) {
            self.end("no answer in time", false);
        }
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        let (transmit, command) = self.link.poll()?;
        if let Progress::Command { given, .. } = &mut self.progress {
            *given |= command != id::REQUEST_DATA;
        }
        Some(transmit)
    }

    fn poll_event(&mut self) -> Option<AuthorizationEvent> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        match &self.progress {
            Progress::Idle => None,
            Progress::Challenge(by) => Some((*by, "the challenge")),
            Progress::Command { by, .. } => Some((*by, "the answer")),
        }
    }

    fn is_over(&self) -> bool {
        self.over
    }

    fn round_trips(&self) -> u32 {
        self.link.trips.count()
    }
}
