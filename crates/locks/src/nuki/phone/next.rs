//! What the session asks next, one request at a time.

use std::time::Duration;

use terskel_model::Uptime;

use super::session::Stage;
use super::{ANSWER_WITHIN, LockSession};
use crate::lock::LockEvent;
use crate::nuki::message::{RequestData, UpdateTime, id, with_challenge_only};

/// A challenge in hand is renewed after this: how long it is good for nobody has told (7.1).
const RENEW_AFTER: Duration = Duration::from_secs(20);
/// A challenge older than this is not used.
const TOO_OLD: Duration = Duration::from_secs(50);

/// A request that waits for its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) what: What,
    pub(super) at: Uptime,
    pub(super) by: Uptime,
}

/// Which request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    States,
    Challenge,
    Config,
    Time,
    Log,
    /// With the command.
    Entries(u16),
}

impl What {
    /// For the log.
    pub(super) fn awaits(self) -> &'static str {
        match self {
            Self::States => "the lock's state",
            Self::Challenge => "the challenge",
            Self::Config => "the configuration",
            Self::Time => "the clock to be set",
            Self::Log => "the lock's log",
            Self::Entries(_) => "the lock's list of authorizations",
        }
    }

    /// The command that an error names.
    pub(super) fn command(self) -> u16 {
        match self {
            Self::States | Self::Challenge => id::REQUEST_DATA,
            Self::Config => id::REQUEST_CONFIG,
            Self::Time => id::UPDATE_TIME,
            Self::Log => id::REQUEST_LOG,
            Self::Entries(command) => command,
        }
    }
}

/// What is to be done.
enum Step {
    Ask(What),
    Act,
    /// Nothing, until something comes.
    Wait,
}

impl LockSession {
    /// Asks what is next, if nothing is being asked.
    pub(super) fn advance(&mut self, now: Uptime) {
        if self.stage != Stage::Open || self.asked.is_some() {
            return;
        }
        match self.next_step(now) {
            Step::Wait => {}
            Step::Ask(what @ (What::States | What::Challenge)) => self.ask(what, now),
            Step::Ask(what) => match self.take_challenge(now) {
                Some(challenge) => self.ask_proven(what, challenge, now),
                None => self.ask(What::Challenge, now),
            },
            Step::Act => match self.take_challenge(now) {
                Some(challenge) => {
                    self.tell_ready();
                    self.act(challenge, now);
                }
                None => self.ask(What::Challenge, now),
            },
        }
    }

    fn next_step(&mut self, now: Uptime) -> Step {
        if let Some(pending) = &self.operation {
            return match () {
                () if pending.wants_states(now) => Step::Ask(What::States),
                () if pending.is_waiting() => Step::Act,
                () => Step::Wait,
            };
        }
        let renew = self.challenge.is_none_or(|(_, at)| now - at >= RENEW_AFTER);
        match () {
            () if !self.states_read => Step::Ask(What::States),
            () if self.time_wanted.is_some() => Step::Ask(What::Time),
            () if !self.config_read => Step::Ask(What::Config),
            () if renew => Step::Ask(What::Challenge),
            () => {
                self.tell_ready();
                if self.next_log() {
                    Step::Ask(What::Log)
                } else {
                    self.next_entry().map_or(Step::Wait, Step::Ask)
                }
            }
        }
    }

    fn take_challenge(&mut self, now: Uptime) -> Option<[u8; 32]> {
        let (challenge, at) = self.challenge.take()?;
        (now - at < TOO_OLD).then_some(challenge)
    }

    fn ask(&mut self, what: What, now: Uptime) {
        if what == What::States {
            self.operation.iter_mut().for_each(|pending| pending.read_at = None);
        }
        let wanted = if what == What::States { id::STATES } else { id::CHALLENGE };
        self.link.send(RequestData(wanted).encode());
        self.asked = Some(Asked { what, at: now, by: now + ANSWER_WITHIN });
    }

    fn ask_proven(&mut self, what: What, challenge: [u8; 32], now: Uptime) {
        let pin = self.credential.pin;
        match what {
            What::Time => self.link.send_proven(UpdateTime(self.time_now(now)).encode(), challenge, pin),
            What::Log => {
                let request = self.log_request();
                self.link.send_proven(request, challenge, pin);
            }
            What::Entries(_) => {
                let request = self.entry_request();
                self.link.send_proven(request, challenge, pin);
            }
            _ => self.link.send_proven(with_challenge_only(), challenge, None),
        }
        self.asked = Some(Asked { what, at: now, by: now + ANSWER_WITHIN });
    }

    /// Tells once that an operation costs one round trip, or that one goes out.
    fn tell_ready(&mut self) {
        if !std::mem::replace(&mut self.ready_told, true) {
            self.events.push_back(LockEvent::Ready(self.description.clone()));
        }
    }

    /// When the challenge in hand is to be renewed.
    pub(super) fn refresh_at(&self) -> Option<(Uptime, &'static str)> {
        let (_, at) = self.challenge?;
        Some((at + RENEW_AFTER, "a fresh challenge"))
    }
}
