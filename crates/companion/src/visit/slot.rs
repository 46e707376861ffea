//! The place for one session with one device: empty, connecting, or open.

use futures_util::future::BoxFuture;
use terskel_radio::{RadioError, RunningSession};

/// Dropping it lets go of the link.
pub(super) enum Slot<C, E> {
    Empty,
    Connecting(BoxFuture<'static, Result<RunningSession<C, E>, RadioError>>),
    Open(RunningSession<C, E>),
}

/// What happened in the slot.
#[derive(Debug)]
pub(super) enum Happened<E> {
    /// Connected; the session goes on by itself.
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
        let happened = match self {
            Self::Empty => std::future::pending().await,
            Self::Connecting(connecting) => match connecting.await {
                Ok(session) => {
                    *self = Self::Open(session);
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

    /// Gives a command. False when no session takes it.
    pub(super) fn send(&self, command: C) -> bool {
        match self {
            Self::Open(session) => session.send(command).is_ok(),
            Self::Empty | Self::Connecting(_) => false,
        }
    }
}
