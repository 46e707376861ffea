//! The phone's half: one connection to the hub of one home, any number of check-ins and check-outs on it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use terskel_keys::PhoneIdentity;
use terskel_keys::receipt::{self, Direction, Receipt};
use terskel_model::{DispatchId, HubId, PhoneId, Uptime, WorkerId};
use uuid::Uuid;

use super::frame::{self, Assembler};
use super::message::{self, Answer, Challenge, Request};
use super::{ANSWER, HubRefusal, REQUEST, SERVICE, VERSION};
use crate::session::{Profile, Session, Transmit};

/// How long the hub may take for its challenge and for each answer.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The hub that should be there, as the station told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubIdentity {
    /// Which.
    pub hub: HubId,
    /// Its Ed25519 key: what does not verify with it is not a receipt of this hub.
    pub public_key: [u8; 32],
}

/// What can be asked of a hub session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubCommand {
    /// Says that the worker is here. May be asked before the session is ready, and again at any time: the hub gives a
    /// further receipt.
    CheckIn {
        /// On which visit.
        visit: DispatchId,
    },
    /// Says that the worker leaves. As safe to repeat.
    CheckOut {
        /// From which visit.
        visit: DispatchId,
    },
    /// End politely.
    Close,
}

/// What a hub session tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubEvent {
    /// The challenge is here: a check-in costs one round trip now.
    Ready,
    /// The hub of this home has signed for this worker, phone, visit and direction.
    Receipt {
        /// What it says. Its time is the hub's.
        receipt: Receipt,
        /// The bytes that prove it, for the station.
        signed: Vec<u8>,
    },
    /// No receipt for the command that was asked, the latest one for [`HubRefusal::Busy`].
    Refused {
        /// Why.
        reason: HubRefusal,
    },
    /// The session is over. No more events.
    Ended {
        /// Why, if not because the phone wanted it so.
        reason: Option<HubRefusal>,
    },
}

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
}

enum Stage {
    /// No challenge yet; what to ask when it comes.
    Opening(Option<Ask>),
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
            stage: Stage::Opening(None),
            counter: 0,
            assembler: Assembler::default(),
            deadline: None,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    fn ask(&mut self, ask: Ask, now: Uptime) {
        match &mut self.stage {
            Stage::Opening(queued @ None) => *queued = Some(ask),
            Stage::Ready(challenge) => {
                let challenge = *challenge;
                self.send(ask, &challenge, now);
            }
            Stage::Opening(Some(_)) | Stage::Asked(_) => self.refused(HubRefusal::Busy),
            Stage::Over => self.refused(HubRefusal::Over),
        }
    }

    fn send(&mut self, Ask { visit, direction }: Ask, challenge: &Challenge, now: Uptime) {
        let signed = message::signed_bytes(self.hub.hub, challenge, visit, direction, &self.badge);
        let signature = self.identity.sign(&signed);
        let request = Request { direction, visit, badge: self.badge.clone(), signature };
        for value in frame::split(&message::encode_request(&request), self.mtu) {
            self.transmits.push_back(Transmit { characteristic: REQUEST, value, with_response: false });
        }
        self.stage = Stage::Asked(Ask { visit, direction });
        self.deadline = Some((now + ANSWER_WITHIN, "the hub's receipt"));
    }

    fn answered(&mut self, answer: Answer, now: Uptime) {
        match (answer, &self.stage) {
            (Answer::Challenge { version, .. }, _) if version != VERSION => self.end(HubRefusal::Unsupported),
            (Answer::Challenge { challenge, .. }, Stage::Opening(queued)) => {
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
            Stage::Opening(Some(_)) | Stage::Asked(_) => self.refused(open),
            Stage::Opening(None) | Stage::Ready(_) => {}
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
        if matches!(self.stage, Stage::Opening(_)) {
            self.deadline = Some((now + ANSWER_WITHIN, "the hub's challenge"));
        }
    }

    fn received(&mut self, characteristic: Uuid, value: &[u8], now: Uptime) {
        if characteristic != ANSWER || self.is_over() {
            return;
        }
        match self.assembler.push(value).map(|whole| whole.as_deref().map(message::decode_answer)) {
            Ok(None) => {}
            Ok(Some(Some(answer))) => self.answered(answer, now),
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
        if self.deadline.is_some_and(|(at, _)| now >= at) {
            self.end(HubRefusal::NoAnswer);
        }
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
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
}

impl fmt::Debug for HubSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSession").field("hub", &self.hub.hub).finish_non_exhaustive()
    }
}
