//! What waits to be indicated, in fragments (4.5).

use std::collections::VecDeque;

use uuid::Uuid;

/// Bytes of an indication that are not its value.
const ATT_HEADER: usize = 3;

pub(super) struct Outbox {
    fragment: usize,
    subscribed: Vec<Uuid>,
    waiting: VecDeque<(Uuid, Vec<u8>)>,
    /// Damages the indication that is so many ahead; 1 is the next.
    pub(super) corrupt: Option<usize>,
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self { fragment: 20, subscribed: Vec::new(), waiting: VecDeque::new(), corrupt: None }
    }

    /// For a new connection: nobody has subscribed to anything.
    pub(super) fn connected(&mut self, mtu: usize) {
        self.fragment = mtu.max(23) - ATT_HEADER;
        self.clear();
    }

    /// Forgets what waits, and who listens.
    pub(super) fn clear(&mut self) {
        self.subscribed.clear();
        self.waiting.clear();
    }

    pub(super) fn subscribe(&mut self, characteristic: Uuid) {
        self.subscribed.push(characteristic);
    }

    /// Queues a whole message; nobody hears it who has not subscribed.
    pub(super) fn push(&mut self, characteristic: Uuid, bytes: &[u8]) {
        if self.subscribed.contains(&characteristic) {
            let fragments = bytes.chunks(self.fragment).map(|part| (characteristic, part.to_vec()));
            self.waiting.extend(fragments);
        }
    }

    pub(super) fn poll(&mut self) -> Option<(Uuid, Vec<u8>)> {
        let (characteristic, mut value) = self.waiting.pop_front()?;
        match self.corrupt {
            Some(1) => {
                self.corrupt = None;
                value.last_mut().into_iter().for_each(|byte| *byte ^= 0x10);
            }
            other => self.corrupt = other.map(|ahead| ahead.saturating_sub(1)),
        }
        Some((characteristic, value))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
