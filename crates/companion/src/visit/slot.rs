//! The place for one session with one device: empty, connecting, or open.

use futures_util::future::BoxFuture;
use terskel_radio::{RadioError, RunningSession};

/// A link that is up, and a session that has said nothing on it yet: it begins with what is asked of it first, if
/// anything is.
pub(crate) type Begin<C, E> = Box<dyn FnOnce(Option<C>) -> RunningSession<C, E> + Send>;

/// Dropping it lets go of the link.
pub(super) enum Slot<C, E> {
    Empty,
    Connecting(BoxFuture<'static, Result<Begin<C, E>, RadioError>>),
    /// Connected. Whoever has a command gives it now, so that the session need not ask for anything before it.
    Linked(Begin<C, E>),
    Open(RunningSession<C, E>),
}

/// What happened in the slot.
#[derive(Debug)]
pub(super) enum Happened<E> {
    /// Connected; the session begins with the next command, or by itself when one waits for what happens next.
    Connected,
    /// Could not connect; the slot is empty.
    Failed(RadioError),
    /// The session tells something.
    Event(E),
    /// The session is over; the slot is empty.
    Over,
}

impl<C, E> Slot<C, E> {
    /// The next thing that happens; nothing ever does in an empty slot. Cancel-safe.
    pub(super) async fn next(&mut self) -> Happened<E> {
        self.begin(None);
        let happened = match self {
            Self::Empty | Self::Linked(_) => std::future::pending().await,
            Self::Connecting(connecting) => match connecting.await {
                Ok(begin) => {
                    *self = Self::Linked(begin);
                    return Happened::Connected;
                }
                Err(error) => Happened::Failed(error),
            },
            Self::Open(session) => match session.next().await {
                Some(event) => return Happened::Event(event),
                None => Happened::Over,
            },
        };
        *self = Self::Empty;
        happened
    }

    /// Whether there is neither a session nor one on its way.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether a session takes commands.
    pub(super) fn is_connected(&self) -> bool {
        matches!(self, Self::Linked(_) | Self::Open(_))
    }

    /// Gives a command. False when no session takes it.
    pub(super) fn send(&mut self, command: C) -> bool {
        match self {
            Self::Linked(_) => {
                self.begin(Some(command));
                true
            }
            Self::Open(session) => session.send(command).is_ok(),
            Self::Empty | Self::Connecting(_) => false,
        }
    }

    fn begin(&mut self, first: Option<C>) {
        match std::mem::replace(self, Self::Empty) {
            Self::Linked(begin) => *self = Self::Open(begin(first)),
            other => *self = other,
        }
    }
}
