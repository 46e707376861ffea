//! The phone's half: one connection to the hub of one home, any number of check-ins and check-outs on it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use terskel_keys::PhoneIdentity;
use terskel_keys::receipt::{self, Direction, Receipt};
use terskel_model::{DispatchId, PhoneId, Uptime, WorkerId};
use uuid::Uuid;

use super::frame::{self, Assembler};
use super::message::{self, Answer, Challenge, Request};
use super::{ANSWER, HubRefusal, REQUEST, SERVICE, VERSION};
use crate::session::{Profile, RoundTrips, Session, Transmit};

mod interface;
pub use interface::{HubCommand, HubEvent, HubIdentity};

/// How long the hub may take for its challenge and for each answer.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A phone that has heard no challenge by then asks for one. Where the system kept an earlier subscription alive, the
/// hub may have sent it before anybody listened.
pub const CALL_AFTER: Duration = Duration::from_secs(1);

/// One connection to a hub. Made anew for every connection.
pub struct HubSession {
    hub: HubIdentity,
    badge: Vec<u8>,
    identity: Arc<PhoneIdentity>,
    worker: WorkerId,
    phone: PhoneId,
    mtu: usize,
    stage: Stage,
    /// The counter of the latest receipt on this connection.
    counter: u64,
    assembler: Assembler,
    deadline: Option<(Uptime, &'static str)>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<HubEvent>,
    trips: RoundTrips,
}

enum Stage {
    /// No challenge yet; what to ask when it comes.
    Opening {
        queued: Option<Ask>,
        called: bool,
    },
    Ready(Challenge),
    Asked(Ask),
    Over,
}

#[derive(Clone, Copy)]
struct Ask {
    visit: DispatchId,
    direction: Direction,
}

impl HubSession {
    /// A session that shows `badge`, the station's word for `worker` and `phone`, and proves with `identity` that the
    /// badge is this phone's.
    #[must_use]
    pub fn new(
        hub: HubIdentity,
        badge: Vec<u8>,
        identity: Arc<PhoneIdentity>,
        worker: WorkerId,
        phone: PhoneId,
    ) -> Self {
        Self {
            hub,
            badge,
            identity,
            worker,
            phone,
            mtu: 23,
            stage: Stage::Opening { queued: None, called: false },
            counter: 0,
            assembler: Assembler::default(),
            deadline: None,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            trips: RoundTrips::default(),
        }
    }

    fn ask(&mut self, ask: Ask, now: Uptime) {
        match &mut self.stage {
            Stage::Opening { queued: queued @ None, .. } => *queued = Some(ask),
            Stage::Ready(challenge) => {
                let challenge = *challenge;
                self.send(ask, &challenge, now);
            }
            Stage::Opening { .. } | Stage::Asked(_) => self.refused(HubRefusal::Busy),
            Stage::Over => self.refused(HubRefusal::Over),
        }
    }

    fn send(&mut self, Ask { visit, direction }: Ask, challenge: &Challenge, now: Uptime) {
        let signed = message::signed_bytes(self.hub.hub, challenge, visit, direction, &self.badge);
        let signature = self.identity.sign(&signed);
        let request = Request { direction, visit, badge: self.badge.clone(), signature };
        self.write(&message::encode_request(&request));
        self.stage = Stage::Asked(Ask { visit, direction });
        self.deadline = Some((now + ANSWER_WITHIN, "the hub's receipt"));
    }

    fn write(&mut self, message: &[u8]) {
        for value in frame::split(message, self.mtu) {
            self.transmits.push_back(Transmit { characteristic: REQUEST, value, with_response: false });
        }
    }

    fn answered(&mut self, answer: Answer, now: Uptime) {
        match (answer, &self.stage) {
            (Answer::Challenge { version, .. }, _) if version != VERSION => self.end(HubRefusal::Unsupported),
            (Answer::Challenge { challenge, .. }, Stage::Opening { queued, .. }) => {
                let queued = *queued;
                self.events.push_back(HubEvent::Ready);
                self.wait(challenge);
                if let Some(ask) = queued {
                    self.send(ask, &challenge, now);
                }
            }
            (Answer::Challenge { challenge, .. }, Stage::Ready(_)) => self.wait(challenge),
            (Answer::Receipt { next, signed }, Stage::Asked(ask)) => match self.check(&signed, *ask) {
                Some(receipt) => {
                    self.counter = receipt.counter;
                    self.events.push_back(HubEvent::Receipt { receipt, signed });
                    self.wait(next);
                }
                None => self.end(HubRefusal::WrongHub),
            },
            (Answer::Refused { reason, next }, Stage::Asked(_)) => {
                self.refused(reason);
                self.wait(next);
            }
            // Said twice, or said to nobody: nothing was asked, so nothing is answered.
            _ => {}
        }
    }

    /// The receipt, if it is this hub's for what was asked, and not one that was given before.
    fn check(&self, signed: &[u8], ask: Ask) -> Option<Receipt> {
        let receipt = receipt::verify(signed, &self.hub.public_key).ok()?;
        let expected = Receipt {
            hub: self.hub.hub,
            worker: self.worker,
            phone: self.phone,
            visit: ask.visit,
            direction: ask.direction,
            at: receipt.at,
            counter: receipt.counter,
        };
        (receipt == expected && receipt.counter > self.counter).then_some(receipt)
    }

    fn wait(&mut self, challenge: Challenge) {
        self.stage = Stage::Ready(challenge);
        self.deadline = None;
    }

    fn refused(&mut self, reason: HubRefusal) {
        self.events.push_back(HubEvent::Refused { reason });
    }

    fn end(&mut self, reason: HubRefusal) {
        self.finish(reason, Some(reason));
    }

    fn finish(&mut self, open: HubRefusal, reason: Option<HubRefusal>) {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Over => return,
            Stage::Opening { queued: Some(_), .. } | Stage::Asked(_) => self.refused(open),
            Stage::Opening { queued: None, .. } | Stage::Ready(_) => {}
        }
        self.events.push_back(HubEvent::Ended { reason });
        self.transmits.clear();
        self.deadline = None;
    }
}

impl Session for HubSession {
    type Command = HubCommand;
    type Event = HubEvent;

    fn profile(&self) -> Profile {
        Profile { service: SERVICE, notify: vec![ANSWER] }
    }

    fn connected(&mut self, mtu: usize, now: Uptime) {
        self.mtu = mtu;
        if matches!(self.stage, Stage::Opening { .. }) {
            self.deadline = Some((now + CALL_AFTER, "the hub's challenge by itself"));
        }
    }

    fn received(&mut self, characteristic: Uuid, value: &[u8], now: Uptime) {
        if characteristic != ANSWER {
            return;
        }
        match self.assembler.push(value).map(|whole| whole.as_deref().map(message::decode_answer)) {
            Ok(None) => {}
            Ok(Some(Some(answer))) => {
                self.trips.heard();
                self.answered(answer, now);
            }
            Ok(Some(None)) | Err(frame::Broken) => self.end(HubRefusal::WrongHub),
        }
    }

    fn disconnected(&mut self, _now: Uptime) {
        self.end(HubRefusal::LinkLost);
    }

    fn command(&mut self, command: HubCommand, now: Uptime) {
        match command {
            HubCommand::CheckIn { visit } => self.ask(Ask { visit, direction: Direction::In }, now),
            HubCommand::CheckOut { visit } => self.ask(Ask { visit, direction: Direction::Out }, now),
            HubCommand::Close => self.finish(HubRefusal::Over, None),
        }
    }

    fn timed_out(&mut self, now: Uptime) {
        if self.deadline.is_none_or(|(at, _)| now < at) {
            return;
        }
        match &mut self.stage {
            Stage::Opening { called: called @ false, .. } => {
                *called = true;
                self.write(&message::CALL);
                self.deadline = Some((now + (ANSWER_WITHIN - CALL_AFTER), "the hub's challenge"));
            }
            _ => self.end(HubRefusal::NoAnswer),
        }
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        let transmit = self.transmits.pop_front()?;
        self.trips.spoke();
        Some(transmit)
    }

    fn poll_event(&mut self) -> Option<HubEvent> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Uptime, &'static str)> {
        self.deadline
    }

    fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    fn round_trips(&self) -> u32 {
        self.trips.count()
    }
}

impl fmt::Debug for HubSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSession").field("hub", &self.hub.hub).finish_non_exhaustive()
    }
}
