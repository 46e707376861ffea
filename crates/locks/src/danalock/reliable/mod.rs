//! RPD, the reliable layer (chapter 5): SYN, data and FIN with four-bit numbers and a window of one, for either side.
//!
//! Data goes in as payloads and comes out as [`Heard::Data`], each at most once and in order. What leaves is cut into
//! values that GATT carries.

mod incoming;
mod outgoing;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use terskel_model::world::random;
use terskel_model::{Entropy, Uptime};

use super::Serial;
use super::frame::{Frame, Kind};
pub(super) use outgoing::{Carries, Manners};
use outgoing::{Outgoing, Pending};

/// A SYN or data frame without an answer is sent again after this (5.4).
const RESEND_EVERY: Duration = Duration::from_secs(2);
const RESENDS: u8 = 3;
/// From the first SYN to giving up (5.4).
const SYN_WITHIN: Duration = Duration::from_millis(4500);
/// For the other side's FIN (5.5).
const FIN_WITHIN: Duration = Duration::from_secs(6);
/// The lock's port is always the same (5.1).
const LOCK_PORT: u8 = 2;
/// What the phone calls itself; it may be anything (4.1).
pub(super) const PHONE_ADDRESS: [u8; 6] = [0, 0, 0, 0, 1, 0];

/// What came of a frame, or of waiting.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The session is open; on the lock's side a new one, which knows nothing of any before it.
    Opened,
    /// The other side's next payload.
    Data(Vec<u8>),
    /// The other side has ended it, or has agreed to the end.
    Closed,
    /// Nothing is acknowledged any more.
    Dead,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No session.
    Idle,
    /// The phone has sent its SYN.
    Opening,
    Open,
    /// To be ended as soon as nothing is unacknowledged, by this time at the latest.
    Ending {
        by: Uptime,
    },
    /// The own FIN is out.
    FinSent {
        by: Uptime,
    },
}

/// One side of the session.
pub(super) struct Reliable {
    entropy: Arc<dyn Entropy>,
    is_lock: bool,
    address: [u8; 6],
    port: u8,
    peer_address: [u8; 6],
    peer_port: u8,
    /// My current number.
    snd: u8,
    /// The number expected next.
    rcv: u8,
    stage: Stage,
    pending: Option<Pending>,
    queue: VecDeque<(u32, Vec<u8>)>,
    /// The number of the next payload.
    next: u32,
    /// The SYN that opened the session, for whoever repeats the question before any data: the peer's, and mine.
    greeting: Option<(Frame, Vec<u8>)>,
    outgoing: Outgoing,
}

impl Reliable {
    /// The phone's side of a session with that lock.
    pub(super) fn phone(lock: Serial, entropy: Arc<dyn Entropy>) -> Self {
        Self::new(false, PHONE_ADDRESS, lock.0, entropy)
    }

    /// The lock's side.
    pub(super) fn lock(serial: Serial, entropy: Arc<dyn Entropy>) -> Self {
        Self::new(true, serial.0, [0; 6], entropy)
    }

    fn new(is_lock: bool, address: [u8; 6], peer_address: [u8; 6], entropy: Arc<dyn Entropy>) -> Self {
        Self {
            entropy,
            is_lock,
            address,
            port: LOCK_PORT,
            peer_address,
            peer_port: LOCK_PORT,
            snd: 0,
            rcv: 0,
            stage: Stage::Idle,
            pending: None,
            queue: VecDeque::new(),
            next: 0,
            greeting: None,
            outgoing: Outgoing::default(),
        }
    }

    /// Opens a session from the phone's side (5.2).
    pub(super) fn open(&mut self, now: Uptime) {
        let [port, number] = random(&*self.entropy);
        self.port = port & 0xf;
        self.snd = number & 0xf;
        self.rcv = 0;
        let wire = self.frame(Kind::Syn, Vec::new()).encode();
        self.snd = next(self.snd);
        self.outgoing.push(Carries::Syn, wire.clone());
        self.pending = Some(Pending::new(Carries::Syn, wire, now));
        self.stage = Stage::Opening;
    }

    /// Queues a payload; gives its number, which [`Self::poll`] tells when it goes out.
    pub(super) fn send(&mut self, payload: Vec<u8>, now: Uptime) -> u32 {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        self.queue.push_back((number, payload));
        self.pump(now);
        number
    }

    /// Ends the session with a FIN, as soon as what was given out is acknowledged. What has not been given out is
    /// dropped.
    pub(super) fn close(&mut self, now: Uptime) {
        if self.stage != Stage::Open {
            return;
        }
        self.queue.clear();
        self.outgoing.drop_untouched_data();
        if self.pending.as_ref().is_some_and(|pending| !pending.given) {
            self.pending = None;
        }
        self.stage = Stage::Ending { by: now + FIN_WITHIN };
        self.pump(now);
    }

    /// Sends nothing any more.
    pub(super) fn silence(&mut self) {
        self.queue.clear();
        self.outgoing.clear();
        self.pending = None;
        self.greeting = None;
        self.stage = Stage::Idle;
    }

    /// The next value for GATT, of at most `size` bytes, and what it is part of.
    pub(super) fn poll(&mut self, size: usize) -> Option<(Carries, Vec<u8>)> {
        let (carries, value) = self.outgoing.poll(size)?;
        if let Some(pending) = self.pending.as_mut().filter(|pending| pending.carries == carries) {
            pending.given = true;
        }
        Some((carries, value))
    }

    /// Nothing waits to be given out.
    pub(super) fn is_drained(&self) -> bool {
        self.outgoing.is_empty()
    }

    /// A session is open, and nobody wants to end it.
    pub(super) fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// How the sender misbehaves, in simulated locks.
    pub(super) fn manners(&mut self) -> &mut Manners {
        &mut self.outgoing.manners
    }

    /// When to call [`Self::timed_out`].
    pub(super) fn poll_timeout(&self) -> Option<Uptime> {
        let by = match self.stage {
            Stage::Ending { by } | Stage::FinSent { by } => Some(by),
            _ => None,
        };
        by.into_iter().chain(self.pending.as_ref().map(Pending::due)).min()
    }

    /// Sends again, or gives up (5.4).
    pub(super) fn timed_out(&mut self, now: Uptime) -> Option<Heard> {
        if let Stage::Ending { by } | Stage::FinSent { by } = self.stage
            && by <= now
        {
            self.silence();
            return Some(Heard::Dead);
        }
        let pending = self.pending.as_mut().filter(|pending| pending.due() <= now)?;
        if pending.is_lost(now) {
            self.silence();
            return Some(Heard::Dead);
        }
        pending.resends += 1;
        pending.again = now + RESEND_EVERY;
        let (carries, wire) = (pending.carries, pending.wire.clone());
        if !self.outgoing.holds(carries) {
            self.outgoing.push(carries, wire);
        }
        None
    }

    /// Sends what is next, where nothing is unacknowledged.
    fn pump(&mut self, now: Uptime) {
        if self.pending.is_some() {
            return;
        }
        match self.stage {
            Stage::Ending { by } => {
                let wire = self.frame(Kind::Fin, Vec::new()).encode();
                self.outgoing.push(Carries::Fin, wire);
                self.stage = Stage::FinSent { by };
            }
            Stage::Open => {
                let Some((number, payload)) = self.queue.pop_front() else { return };
                let wire = self.frame(Kind::Data, payload).encode();
                self.outgoing.push(Carries::Data(number), wire.clone());
                self.pending = Some(Pending::new(Carries::Data(number), wire, now));
            }
            Stage::Idle | Stage::Opening | Stage::FinSent { .. } => {}
        }
    }

    /// Acknowledges all that has come in order.
    fn acknowledge(&mut self) {
        let wire = self.frame(Kind::Data, Vec::new()).encode();
        self.outgoing.push(Carries::Ack, wire);
    }

    fn frame(&self, kind: Kind, payload: Vec<u8>) -> Frame {
        Frame {
            kind,
            dst: self.peer_address,
            src: self.address,
            to: self.peer_port,
            from: self.port,
            seq: self.snd,
            ack: self.rcv,
            payload,
        }
    }
}

/// Numbers have four bits.
fn next(number: u8) -> u8 {
    (number + 1) & 0xf
}
