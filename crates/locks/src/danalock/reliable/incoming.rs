//! What the other side's frames do to a session (5.2, 5.3, 5.5, 5.6).

use terskel_model::Uptime;
use terskel_model::world::random;

use super::outgoing::Carries;
use super::{FIN_WITHIN, Heard, Reliable, Stage, next};
use crate::danalock::frame::{Frame, Kind};

impl Reliable {
    /// Takes a frame. One for somebody else, or out of order, has no effect.
    pub(crate) fn received(&mut self, frame: Frame, now: Uptime) -> Option<Heard> {
        if frame.dst != self.address || frame.to != self.port {
            return None;
        }
        match frame.kind {
            Kind::Syn if self.is_lock => self.greeted(frame),
            Kind::Syn => self.answered(&frame),
            _ if frame.from != self.peer_port || frame.src != self.peer_address => None,
            Kind::Data => self.take_data(frame, now),
            Kind::Fin => self.take_fin(&frame, now),
        }
    }

    /// A phone's SYN: a new session, unless it is the one that was answered already (5.4).
    fn greeted(&mut self, frame: Frame) -> Option<Heard> {
        if let Some((_, answer)) = self.greeting.as_ref().filter(|(greeting, _)| *greeting == frame) {
            let answer = answer.clone();
            self.outgoing.push(Carries::Syn, answer);
            return None;
        }
        self.silence();
        self.peer_address = frame.src;
        self.peer_port = frame.from;
        self.rcv = next(frame.seq);
        let [number] = random(&*self.entropy);
        self.snd = number & 0xf;
        let wire = self.frame(Kind::Syn, Vec::new()).encode();
        self.snd = next(self.snd);
        self.outgoing.push(Carries::Syn, wire.clone());
        self.greeting = Some((frame, wire));
        self.stage = Stage::Open;
        Some(Heard::Opened)
    }

    /// The lock's SYN.
    fn answered(&mut self, frame: &Frame) -> Option<Heard> {
        if self.stage != Stage::Opening || frame.ack != self.snd || frame.from != self.peer_port {
            return None;
        }
        self.rcv = next(frame.seq);
        self.pending = None;
        self.outgoing.drop_untouched_data();
        self.stage = Stage::Open;
        self.acknowledge();
        Some(Heard::Opened)
    }

    fn take_data(&mut self, frame: Frame, now: Uptime) -> Option<Heard> {
        if matches!(self.stage, Stage::Idle | Stage::Opening) {
            return None;
        }
        // Acknowledgements in SYN and FIN frames do not count (5.3).
        let awaits = self.pending.is_some() || matches!(self.stage, Stage::FinSent { .. });
        if awaits && frame.ack == next(self.snd) {
            self.snd = next(self.snd);
            self.pending = None;
        }
        let heard = self.take_payload(frame);
        self.pump(now);
        heard
    }

    fn take_payload(&mut self, frame: Frame) -> Option<Heard> {
        if frame.payload.is_empty() {
            return None;
        }
        if frame.seq == self.rcv {
            self.greeting = None;
            self.rcv = next(self.rcv);
            self.acknowledge();
            return Some(Heard::Data(frame.payload));
        }
        if next(frame.seq) == self.rcv {
            // The acknowledgement was lost (5.4, [S]).
            self.acknowledge();
        }
        None
    }

    fn take_fin(&mut self, frame: &Frame, now: Uptime) -> Option<Heard> {
        if matches!(self.stage, Stage::Idle | Stage::Opening) || frame.seq != self.rcv {
            return None;
        }
        self.rcv = next(self.rcv);
        self.queue.clear();
        self.outgoing.drop_untouched_data();
        self.pending = None;
        self.greeting = None;
        self.acknowledge();
        if !matches!(self.stage, Stage::FinSent { .. }) {
            self.stage = Stage::Ending { by: now + FIN_WITHIN };
            self.pump(now);
        }
        self.stage = Stage::Idle;
        Some(Heard::Closed)
    }
}
