//! What every phone half looks like from outside: a machine that a runner drives over one Bluetooth link.
//!
//! The runner connects, subscribes to [`Profile::notify`] in order, says [`Session::connected`], then repeats: send
//! all that [`Session::poll_transmit`] gives, hand out all that [`Session::poll_event`] gives, and wait for a
//! notification, the loss of the link, a command, or [`Session::poll_timeout`].

use terskel_model::Uptime;
use uuid::Uuid;

/// Where a family's protocol lives in GATT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The primary service.
    pub service: Uuid,
    /// Characteristics to subscribe to, in this order: by notifications, or indications where they have only these.
    pub notify: Vec<Uuid>,
}

/// A value for the runner to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// To which characteristic.
    pub characteristic: Uuid,
    /// What.
    pub value: Vec<u8>,
    /// Write request (true) or write command (false).
    pub with_response: bool,
}

/// The phone's half of a protocol on one connection. Never sleeps, spawns, reads clocks or touches sockets.
pub trait Session {
    /// What can be asked of it.
    type Command;
    /// What it tells.
    type Event;

    /// Where it lives in GATT.
    fn profile(&self) -> Profile;
    /// The link is up and subscribed. `mtu` is the ATT MTU, at least 23.
    fn connected(&mut self, mtu: usize, now: Uptime);
    /// A notification came. May happen before the runner's last write has returned.
    fn received(&mut self, characteristic: Uuid, value: &[u8], now: Uptime);
    /// The link is gone, by whatever cause. Every open question is answered by an event now.
    fn disconnected(&mut self, now: Uptime);
    /// Asks for something; the answer comes as an event.
    fn command(&mut self, command: Self::Command, now: Uptime);
    /// A timeout that [`Self::poll_timeout`] gave has come; harmless when it has not.
    fn timed_out(&mut self, _now: Uptime) {}
    /// The next value to write. The runner writes it before it asks again. Giving a value out counts as sending it:
    /// a write that fails may have arrived.
    fn poll_transmit(&mut self) -> Option<Transmit>;
    /// The next thing to tell.
    fn poll_event(&mut self) -> Option<Self::Event>;
    /// When to call [`Self::timed_out`], and why. A session without timers of its own is given up by whoever holds it,
    /// and then nobody knows what came of an operation.
    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        None
    }
    /// The session is over: the runner sends what is left, then disconnects.
    fn is_over(&self) -> bool;
    /// How often since the connection the phone has sent a message and had to wait for the device's before it could go
    /// on. Messages of the protocol count; acknowledgements of fragments and frames do not. 0 where nobody counts.
    fn round_trips(&self) -> u32 {
        0
    }
}

/// Counts for [`Session::round_trips`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RoundTrips {
    count: u32,
    spoke: bool,
}

impl RoundTrips {
    /// The phone has sent something.
    pub(crate) fn spoke(&mut self) {
        self.spoke = true;
    }

    /// A whole message of the device is here; no acknowledgement of a part.
    pub(crate) fn heard(&mut self) {
        self.count += u32::from(std::mem::take(&mut self.spoke));
    }

    pub(crate) fn count(self) -> u32 {
        self.count
    }
}

impl<S: Session + ?Sized> Session for Box<S> {
    type Command = S::Command;
    type Event = S::Event;

    fn profile(&self) -> Profile {
        (**self).profile()
    }
    fn connected(&mut self, mtu: usize, now: Uptime) {
        (**self).connected(mtu, now);
    }
    fn received(&mut self, characteristic: Uuid, value: &[u8], now: Uptime) {
        (**self).received(characteristic, value, now);
    }
    fn disconnected(&mut self, now: Uptime) {
        (**self).disconnected(now);
    }
    fn command(&mut self, command: Self::Command, now: Uptime) {
        (**self).command(command, now);
    }
    fn timed_out(&mut self, now: Uptime) {
        (**self).timed_out(now);
    }
    fn poll_transmit(&mut self) -> Option<Transmit> {
        (**self).poll_transmit()
    }
    fn poll_event(&mut self) -> Option<Self::Event> {
        (**self).poll_event()
    }
    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        (**self).poll_timeout()
    }
    fn is_over(&self) -> bool {
        (**self).is_over()
    }
    fn round_trips(&self) -> u32 {
        (**self).round_trips()
    }
}
