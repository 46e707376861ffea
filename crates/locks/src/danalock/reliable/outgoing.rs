//! Frames on their way out, cut into the values that GATT carries.

use std::collections::VecDeque;

use terskel_model::Uptime;

use super::{RESEND_EVERY, RESENDS, SYN_WITHIN};

/// What a value that goes out is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carries {
    Ack,
    Syn,
    Fin,
    /// The payload with this number.
    Data(u32),
}

/// A frame that was sent and is not acknowledged.
pub(super) struct Pending {
    pub(super) carries: Carries,
    pub(super) wire: Vec<u8>,
    /// A part of it has been given out.
    pub(super) given: bool,
    pub(super) resends: u8,
    pub(super) again: Uptime,
    give_up: Option<Uptime>,
}

impl Pending {
    pub(super) fn new(carries: Carries, wire: Vec<u8>, now: Uptime) -> Self {
        let give_up = (carries == Carries::Syn).then(|| now + SYN_WITHIN);
        Self { carries, wire, given: false, resends: 0, again: now + RESEND_EVERY, give_up }
    }

    pub(super) fn due(&self) -> Uptime {
        self.give_up.map_or(self.again, |give_up| give_up.min(self.again))
    }

    pub(super) fn is_lost(&self, now: Uptime) -> bool {
        self.resends >= RESENDS || self.give_up.is_some_and(|give_up| give_up <= now)
    }
}

/// What a simulated lock does wrong on its way out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Manners {
    /// One byte in each value.
    pub(crate) bytewise: bool,
    /// Every data frame goes out twice.
    pub(crate) duplicate: bool,
    /// The next acknowledgement is lost.
    pub(crate) lose_ack: bool,
}

struct Out {
    carries: Carries,
    wire: Vec<u8>,
    given: usize,
}

/// The frames, in order.
#[derive(Default)]
pub(super) struct Outgoing {
    frames: VecDeque<Out>,
    pub(super) manners: Manners,
}

impl Outgoing {
    pub(super) fn push(&mut self, carries: Carries, wire: Vec<u8>) {
        if carries == Carries::Ack && std::mem::take(&mut self.manners.lose_ack) {
            return;
        }
        if self.manners.duplicate && matches!(carries, Carries::Data(_)) {
            self.frames.push_back(Out { carries, wire: wire.clone(), given: 0 });
        }
        self.frames.push_back(Out { carries, wire, given: 0 });
    }

    /// The next value. A value never holds bytes of two frames (chapter 3).
    pub(super) fn poll(&mut self, size: usize) -> Option<(Carries, Vec<u8>)> {
        let size = if self.manners.bytewise { 1 } else { size.max(1) };
        let out = self.frames.front_mut()?;
        let end = (out.given + size).min(out.wire.len());
        let value = out.wire.get(out.given..end).unwrap_or_default().to_vec();
        out.given = end;
        let carries = out.carries;
        if end == out.wire.len() {
            self.frames.pop_front();
        }
        Some((carries, value))
    }

    /// A frame with this content is still to go out.
    pub(super) fn holds(&self, carries: Carries) -> bool {
        self.frames.iter().any(|out| out.carries == carries)
    }

    /// Drops data and SYNs of which nothing has been given out.
    pub(super) fn drop_untouched_data(&mut self) {
        self.frames.retain(|out| out.given > 0 || !matches!(out.carries, Carries::Data(_) | Carries::Syn));
    }

    pub(super) fn clear(&mut self) {
        self.frames.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}
