//! Letting a phone into a lock that nobody has a key for yet: the same for every family whose locks can do that without
//! their vendor.

use std::sync::Arc;

use terskel_model::{Entropy, Uptime};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::family::{Heard, Invalid};
use crate::session::{Profile, Session, Transmit};

/// How the locks of a family are installed.
pub trait Install: Send + Sync {
    /// A lock of this family, if it is one that was heard.
    fn found(&self, heard: &Heard<'_>) -> Option<Found>;
    /// The phone's half of a pairing with it.
    ///
    /// # Errors
    /// [`Invalid`] with the field `code`: what was typed can be no code of this lock.
    fn pair(&self, found: &Found, code: &str, installer: Installer) -> Result<BoxPairing, Invalid>;
}

/// A lock that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The id that the lock itself tells, in the family's way of writing.
    pub device_id: String,
    /// What the installer must know.
    pub asks: Asks,
    /// It takes a new phone now. Otherwise somebody must see to that first, at the lock.
    pub ready: bool,
    /// It can pull the latch of its door: [`Installer::knob_outside`] counts.
    pub latch: bool,
}

/// What an installer types, to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The code of eight characters that the lock's administrator has made. Works once.
    ActivationCode,
    /// The lock's PIN of four digits, if the station shall read the lock's own log; it pairs without.
    PinOrNothing,
    /// The lock's PIN of six digits. A lock that has none yet takes this as its own.
    Pin,
}

impl Asks {
    /// As it is shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ActivationCode => "activation_code",
            Self::PinOrNothing => "pin_or_nothing",
            Self::Pin => "pin",
        }
    }
}

/// Who wants to be let in.
#[derive(Clone)]
pub struct Installer {
    /// Where random bytes come from.
    pub entropy: Arc<dyn Entropy>,
    /// The name in the lock's own list, where it keeps one.
    pub name: String,
    /// The number of this installation, not 0: where a family has room for it, trying again with the same replaces what an
    /// interrupted try has left in the lock.
    pub number: u32,
    /// The door has a knob outside, or a handle that does not turn: to open it the latch must be pulled.
    pub knob_outside: bool,
}

/// What can be asked of a pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairingCommand {
    /// Give up.
    Close,
}

/// How a pairing ended. Exactly one is told.
#[derive(Clone, PartialEq, Eq)]
pub enum PairingEvent {
    /// Done, or as good as: whether the credential opens shows at the first opening.
    Paired {
        /// To be kept sealed.
        credential: Zeroizing<Vec<u8>>,
        /// The id that the lock told.
        device_id: String,
    },
    /// It came to nothing.
    Failed {
        /// What to tell.
        problem: PairingProblem,
        /// For the log. Never a secret.
        detail: String,
    },
}

impl std::fmt::Debug for PairingEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Paired { device_id, .. } => {
                f.debug_struct("Paired").field("device_id", device_id).finish_non_exhaustive()
            }
            Self::Failed { problem, detail } => {
                f.debug_struct("Failed").field("problem", problem).field("detail", detail).finish()
            }
        }
    }
}

/// Why a pairing came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairingProblem {
    /// The lock does not take the code or PIN, or it was used before.
    WrongCode,
    /// Too many wrong ones: the lock takes none for a while.
    TooManyCodes,
    /// It is not in pairing mode.
    NotReady,
    /// It has no room for another phone.
    Full,
    /// It speaks a version of its protocol that this app does not.
    Unsupported,
    /// It refused with an error of its own, or did not follow the protocol.
    LockError,
    /// The link broke.
    LinkLost,
    /// It fell silent.
    NoAnswer,
}

impl PairingProblem {
    /// As it is stored, sent and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongCode => "wrong_code",
            Self::TooManyCodes => "too_many_codes",
            Self::NotReady => "not_ready",
            Self::Full => "lock_full",
            Self::Unsupported => "unsupported",
            Self::LockError => "lock_error",
            Self::LinkLost => "link_lost",
            Self::NoAnswer => "no_answer",
        }
    }
}

/// The phone's half of a pairing with some lock.
pub type BoxPairing = Box<dyn Session<Command = PairingCommand, Event = PairingEvent> + Send>;

/// A family's own pairing in these common words.
pub(crate) struct Pairing<S: Session> {
    session: S,
    /// The family's word for giving up.
    close: S::Command,
    word: Box<dyn Fn(S::Event) -> PairingEvent + Send>,
}

impl<S: Session> Pairing<S> {
    pub(crate) fn new(
        session: S,
        close: S::Command,
        word: impl Fn(S::Event) -> PairingEvent + Send + 'static,
    ) -> Self {
        Self { session, close, word: Box::new(word) }
    }
}

impl<S: Session> Session for Pairing<S>
where
    S::Command: Copy,
{
    type Command = PairingCommand;
    type Event = PairingEvent;

    fn profile(&self) -> Profile {
        self.session.profile()
    }
    fn connected(&mut self, mtu: usize, now: Uptime) {
        self.session.connected(mtu, now);
    }
    fn received(&mut self, characteristic: Uuid, value: &[u8], now: Uptime) {
        self.session.received(characteristic, value, now);
    }
    fn disconnected(&mut self, now: Uptime) {
        self.session.disconnected(now);
    }
    fn command(&mut self, PairingCommand::Close: PairingCommand, now: Uptime) {
        self.session.command(self.close, now);
    }
    fn timed_out(&mut self, now: Uptime) {
        self.session.timed_out(now);
    }
    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.session.poll_transmit()
    }
    fn poll_event(&mut self) -> Option<PairingEvent> {
        self.session.poll_event().map(&self.word)
    }
    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        self.session.poll_timeout()
    }
    fn is_over(&self) -> bool {
        self.session.is_over()
    }
    fn round_trips(&self) -> u32 {
        self.session.round_trips()
    }
}
