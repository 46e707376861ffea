//! A session that tells how many protocol round trips it has needed so far.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use terskel_locks::family::BoxSession;
use terskel_locks::lock::{LockCommand, LockEvent};
use terskel_locks::session::{Profile, Session, Transmit};
use terskel_model::Uptime;
use uuid::Uuid;

/// Round trips of a session that is being driven, when it last told an answer: what it does after that is not the
/// answer's cost.
#[derive(Clone, Debug, Default)]
pub(super) struct Trips {
    now: Arc<AtomicU32>,
    at_answer: Arc<AtomicU32>,
}

impl Trips {
    pub(super) fn so_far(&self) -> u32 {
        self.now.load(Ordering::SeqCst)
    }

    pub(super) fn at_answer(&self) -> u32 {
        self.at_answer.load(Ordering::SeqCst)
    }
}

/// Hands everything on to `session`.
pub(super) struct Counted {
    session: BoxSession,
    trips: Trips,
}

impl Counted {
    pub(super) fn new(session: BoxSession) -> (Self, Trips) {
        let trips = Trips::default();
        (Self { session, trips: trips.clone() }, trips)
    }
}

impl Session for Counted {
    type Command = LockCommand;
    type Event = LockEvent;

    fn profile(&self) -> Profile {
        self.session.profile()
    }
    fn connected(&mut self, mtu: usize, now: Uptime) {
        self.session.connected(mtu, now);
    }
    fn received(&mut self, characteristic: Uuid, value: &[u8], now: Uptime) {
        self.session.received(characteristic, value, now);
        self.trips.now.store(self.session.round_trips(), Ordering::SeqCst);
    }
    fn disconnected(&mut self, now: Uptime) {
        self.session.disconnected(now);
    }
    fn command(&mut self, command: LockCommand, now: Uptime) {
        self.session.command(command, now);
    }
    fn timed_out(&mut self, now: Uptime) {
        self.session.timed_out(now);
    }
    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.session.poll_transmit()
    }
    fn poll_event(&mut self) -> Option<LockEvent> {
        let event = self.session.poll_event()?;
        if matches!(event, LockEvent::Moving(_) | LockEvent::Outcome { .. }) {
            self.trips.at_answer.fetch_max(self.session.round_trips(), Ordering::SeqCst);
        }
        Some(event)
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
