//! One half's end of the link: lanes, sealing, fragments with their acknowledgements, and one command at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use terskel_model::Entropy;
use terskel_model::world::random;
use uuid::Uuid;

use super::crypto::{Opener, Sealer};
use super::frame::{Collector, Frame, Malformed, Piece, parse_padded, parse_plain};
use super::message::{Ack, Answer, answer_to, id, is_command};
use super::{FROM_SERVER, TO_SERVER};

/// Whose end it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Phone,
    Lock,
}

impl Side {
    /// Each characteristic is a lane for the commands of one side and the answers to them (2.1).
    fn lane(self, id: u8) -> Uuid {
        if (self == Self::Phone) == is_command(id) { TO_SERVER } else { FROM_SERVER }
    }

    fn other(self) -> Self {
        if self == Self::Phone { Self::Lock } else { Self::Phone }
    }
}

/// Why the connection can't go on, or what was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChannelError {
    /// Lost, repeated, reordered or forged: the keystreams are apart.
    #[error("a sealed frame does not open")]
    Seal,
    /// Not a frame.
    #[error("malformed frame")]
    Malformed,
    /// An acknowledgement that does not fit the fragment that was sent, or an answer before the last.
    #[error("wrong fragment acknowledgement")]
    Fragment,
    /// A frame on the lane of the other side; its id.
    #[error("wrong lane")]
    Lane(u8),
}

impl From<Malformed> for ChannelError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// A value to send. Sealed only when it is given out, so that one that is dropped before does not move the stream.
struct Out {
    id: u8,
    bytes: Vec<u8>,
    sealed: bool,
}

/// The command that waits for its answer, and what is left of it to send.
struct Outstanding {
    id: u8,
    rest: VecDeque<Vec<u8>>,
}

pub(crate) struct Channel {
    side: Side,
    entropy: Arc<dyn Entropy>,
    seal: Option<(Sealer, Opener)>,
    collector: Collector,
    outstanding: Option<Outstanding>,
    waiting: VecDeque<Frame>,
    out: VecDeque<Out>,
}

impl Channel {
    pub(crate) fn new(side: Side, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            side,
            entropy,
            seal: None,
            collector: Collector::default(),
            outstanding: None,
            waiting: VecDeque::new(),
            out: VecDeque::new(),
        }
    }

    /// Everything queued or received from here on is sealed.
    pub(crate) fn secure(&mut self, (sealer, opener): (Sealer, Opener)) {
        self.seal = Some((sealer, opener));
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.seal.is_some()
    }

    /// Whether no command of this side waits, for its turn or for its answer.
    pub(crate) fn is_free(&self) -> bool {
        self.outstanding.is_none() && self.waiting.is_empty()
    }

    /// Whether the middle of a frame is awaited.
    pub(crate) fn is_partial(&self) -> bool {
        self.collector.is_partial()
    }

    /// Queues a response, or a command when its turn has come.
    pub(crate) fn send(&mut self, frame: Frame) {
        if is_command(frame.id) {
            self.waiting.push_back(frame);
            self.next_command();
        } else {
            for bytes in self.cut(&frame) {
                self.push(frame.id, bytes);
            }
        }
    }

    /// Acknowledges a command.
    pub(crate) fn ack(&mut self, id: u8, error: u8) {
        self.send(Ack { error, id }.encode());
    }

    /// Takes a command as answered although no answer of its own came.
    pub(crate) fn answered(&mut self, id: u8) {
        if self.outstanding.as_ref().is_some_and(|sent| sent.id == id) {
            self.outstanding = None;
            self.next_command();
        }
    }

    /// Drops commands that have not been given out. The streams stay whole.
    pub(crate) fn drop_commands(&mut self) {
        self.waiting.clear();
        self.outstanding = None;
        self.out.retain(|out| !is_command(out.id));
    }

    /// Drops all that has not been given out.
    pub(crate) fn drop_all(&mut self) {
        self.drop_commands();
        self.out.clear();
    }

    pub(crate) fn is_drained(&self) -> bool {
        self.out.is_empty()
    }

    /// The next value to send: lane, value, and the id it belongs to.
    pub(crate) fn poll(&mut self) -> Option<(Uuid, Vec<u8>, u8)> {
        let Out { id, bytes, sealed } = self.out.pop_front()?;
        let lane = self.side.lane(id);
        let value = match &mut self.seal {
            Some((sealer, _)) if sealed => {
                let mut plain = [0; 16];
                plain.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
                sealer.seal(&plain, random(&*self.entropy)).to_vec()
            }
            _ => bytes,
        };
        Some((lane, value, id))
    }

    /// Takes a value from the other side. `lane` is given where lanes are enforced. `None` while a frame is
    /// incomplete and for acknowledgements of fragments.
    pub(crate) fn receive(
        &mut self,
        lane: Option<Uuid>,
        value: &[u8],
    ) -> Result<Option<Frame>, ChannelError> {
        let piece = match &mut self.seal {
            None => Piece::Last(parse_plain(value)?),
            Some((_, opener)) => {
                let wire = value.try_into().map_err(|_| ChannelError::Malformed)?;
                parse_padded(&opener.open(wire).ok_or(ChannelError::Seal)?)?
            }
        };
        let (Piece::Part { id, .. } | Piece::Last(Frame { id, .. })) = piece;
        if lane.is_some_and(|lane| lane != self.side.other().lane(id)) {
            return Err(ChannelError::Lane(id));
        }
        let Some(frame) = self.collector.add(piece)? else {
            self.ack(id, 0);
            return Ok(None);
        };
        if frame.id == id::ACK { self.take_ack(frame) } else { self.take_answer(frame).map(Some) }
    }

    fn take_answer(&mut self, frame: Frame) -> Result<Frame, ChannelError> {
        let answered = |sent: &&Outstanding| answer_to(sent.id) == Answer::Response(frame.id);
        if let Some(sent) = self.outstanding.as_ref().filter(answered) {
            // Who has only a part of a command would take the next one for the rest of it.
            if !sent.rest.is_empty() {
                return Err(ChannelError::Fragment);
            }
            self.outstanding = None;
            self.next_command();
        }
        Ok(frame)
    }

    fn take_ack(&mut self, frame: Frame) -> Result<Option<Frame>, ChannelError> {
        let ack = Ack::decode(&frame.payload).ok_or(ChannelError::Malformed)?;
        let Some(sent) = &mut self.outstanding else { return Ok(Some(frame)) };
        let Some(next) = sent.rest.pop_front() else {
            self.answered(ack.id);
            return Ok(Some(frame));
        };
        if ack != (Ack { error: 0, id: sent.id }) {
            return Err(ChannelError::Fragment);
        }
        let id = sent.id;
        self.push(id, next);
        Ok(None)
    }

    fn next_command(&mut self) {
        while self.outstanding.is_none() {
            let Some(frame) = self.waiting.pop_front() else { return };
            let mut rest: VecDeque<_> = self.cut(&frame).into();
            if let Some(first) = rest.pop_front() {
                self.push(frame.id, first);
            }
            if answer_to(frame.id) != Answer::None || !rest.is_empty() {
                self.outstanding = Some(Outstanding { id: frame.id, rest });
            }
        }
    }

    fn cut(&self, frame: &Frame) -> Vec<Vec<u8>> {
        if self.is_secure() { frame.pieces() } else { vec![frame.to_bytes()] }
    }

    fn push(&mut self, id: u8, bytes: Vec<u8>) {
        self.out.push_back(Out { id, bytes, sealed: self.is_secure() });
    }
}
