//! A connection that makes a credential with a lock in pairing mode (6).

use std::collections::VecDeque;
use std::sync::Arc;

use terskel_model::{Entropy, Uptime};
use uuid::Uuid;

use super::PAIRED_WITHIN;
use super::authorizations::app_id;
use super::pair::{Failed, Out, Pair, Step};
use crate::nuki::frame::{Collector, Kind, Whole};
use crate::nuki::{Credential, Generation, PAIRING, PAIRING_SERVICE, ULTRA_PAIRING, ULTRA_PAIRING_SERVICE};
use crate::session::{Profile, RoundTrips, Session, Transmit};

/// Who wants to be let in, and where. The session wipes its PIN.
#[derive(Clone)]
pub struct PairingRequest {
    /// What kind of lock it is: its pairing service tells.
    pub generation: Generation,
    /// The name in the lock's list and log, up to 32 bytes.
    pub name: String,
    /// The id that this installation chose for itself: pairing again with it replaces the older authorization. `None`:
    /// a new one.
    pub app_id: Option<u32>,
    /// The lock's PIN: the Ultra lets nobody in without. One that has none yet takes this as its own.
    pub pin: Option<u32>,
    /// Keep the PIN in the credential: for whoever administers the lock, and nobody else.
    pub administrator: bool,
    /// To open, pull the latch too ([`Credential::unlatch`]).
    pub unlatch: bool,
}

/// What can be asked of a pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairingCommand {
    /// Give up.
    Close,
}

/// How a pairing ended. Exactly one is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairingEvent {
    /// Done. To operate the lock, connect again, or subscribe to the other service.
    Paired {
        /// To be kept sealed.
        credential: Credential,
        /// The lock's own: another one at the same address means that the lock was reset.
        lock: Uuid,
    },
    /// It came to nothing.
    Failed {
        /// What to tell.
        problem: PairingProblem,
        /// For the log. Never a secret.
        detail: String,
    },
}

/// Why a pairing came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairingProblem {
    /// Not in pairing mode: press the button.
    NotPairing,
    /// The lock proved that it has another key than the phone, or said so of the phone: somebody is in between, or
    /// something was damaged. Start again.
    BadAuthenticator,
    /// The PIN is wrong. Not tried again by itself.
    WrongPin,
    /// The PIN was wrong too often; the lock takes none for a while.
    TooManyPins,
    /// The lock has no room for another authorization.
    Full,
    /// No PIN was given, or one with too many digits.
    NoPin,
    /// The lock refused with another error, or did not follow the protocol.
    LockError,
    /// The link broke.
    LinkLost,
    /// The lock fell silent.
    NoAnswer,
    /// The link broke, or the lock fell silent, after the phone's last message: the lock may have an entry that nobody can
    /// use. Pairing again with the same App-ID replaces it (6.4).
    Unconfirmed,
    /// Given up by [`PairingCommand::Close`].
    Closed,
}

/// The phone's half of a pairing.
pub struct PairingSession {
    generation: Generation,
    pair: Pair,
    collector: Collector,
    out: VecDeque<Vec<u8>>,
    events: VecDeque<PairingEvent>,
    trips: RoundTrips,
    by: Option<Uptime>,
    over: bool,
}

impl PairingSession {
    /// The phone's key pair, and its App-ID where it has none, come from `entropy`.
    #[must_use]
    pub fn new(request: PairingRequest, entropy: Arc<dyn Entropy>) -> Self {
        let app_id = request.app_id.filter(|id| *id != 0).unwrap_or_else(|| app_id(&*entropy));
        Self {
            generation: request.generation,
            pair: Pair::new(request, app_id, entropy),
            collector: Collector::new(Kind::Plain),
            out: VecDeque::new(),
            events: VecDeque::new(),
            trips: RoundTrips::default(),
            by: None,
            over: false,
        }
    }

    fn take(&mut self, value: &[u8], now: Uptime) -> Result<(), Failed> {
        let malformed = |error: crate::nuki::frame::Malformed| Failed::lock_error(error.to_string());
        let Some(whole) = self.collector.add(value, now).map_err(malformed)? else { return Ok(()) };
        self.trips.heard();
        let step = match &whole {
            Whole::Plain(bytes) => self.pair.take_plain(bytes)?,
            Whole::Sealed(bytes) => self.pair.take_sealed(bytes)?,
        };
        match step {
            Step::Say(Out { bytes, sealed_reply }) => {
                if sealed_reply {
                    self.collector = Collector::new(Kind::SealedOrError);
                }
                self.out.push_back(bytes);
            }
            Step::Done { credential, lock } => {
                self.events.push_back(PairingEvent::Paired { credential, lock });
                self.finish();
            }
        }
        Ok(())
    }

    fn fail(&mut self, problem: PairingProblem, detail: String) {
        if self.over {
            return;
        }
        let interrupted = matches!(problem, PairingProblem::LinkLost | PairingProblem::NoAnswer);
        let last_given = self.pair.has_said_all() && self.out.is_empty();
        let problem = if interrupted && last_given { PairingProblem::Unconfirmed } else { problem };
        self.events.push_back(PairingEvent::Failed { problem, detail });
        self.finish();
    }

    fn finish(&mut self) {
        self.pair.forget();
        self.out.clear();
        self.by = None;
        self.over = true;
    }
}

impl Session for PairingSession {
    type Command = PairingCommand;
    type Event = PairingEvent;

    fn profile(&self) -> Profile {
        match self.generation {
            Generation::Classic => Profile { service: PAIRING_SERVICE, notify: vec![PAIRING] },
            Generation::Ultra => Profile { service: ULTRA_PAIRING_SERVICE, notify: vec![ULTRA_PAIRING] },
        }
    }

    fn connected(&mut self, _mtu: usize, now: Uptime) {
        if self.over || self.by.is_some() {
            return;
        }
        self.by = Some(now + PAIRED_WITHIN);
        match self.pair.begin() {
            Ok(question) => self.out.push_back(question),
            Err(Failed { problem, detail }) => self.fail(problem, detail),
        }
    }

    fn received(&mut self, characteristic: Uuid, value: &[u8], now: Uptime) {
        if self.over || self.by.is_none() || !self.profile().notify.contains(&characteristic) {
            return;
        }
        if let Err(Failed { problem, detail }) = self.take(value, now) {
            self.fail(problem, detail);
        }
    }

    fn disconnected(&mut self, _now: Uptime) {
        self.fail(PairingProblem::LinkLost, "link lost".into());
    }

    fn command(&mut self, PairingCommand::Close: PairingCommand, _now: Uptime) {
        self.fail(PairingProblem::Closed, "given up".into());
    }

    fn timed_out(&mut self, now: Uptime) {
        if self.by.is_some_and(|by| by <= now) {
            self.fail(PairingProblem::NoAnswer, "no answer in time".into());
        }
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        let value = self.out.pop_front()?;
        self.trips.spoke();
        let characteristic = match self.generation {
            Generation::Classic => PAIRING,
            Generation::Ultra => ULTRA_PAIRING,
        };
        Some(Transmit { characteristic, value, with_response: true })
    }

    fn poll_event(&mut self) -> Option<PairingEvent> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        self.by.map(|by| (by, "the pairing"))
    }

    fn is_over(&self) -> bool {
        self.over
    }

    fn round_trips(&self) -> u32 {
        self.trips.count()
    }
}
