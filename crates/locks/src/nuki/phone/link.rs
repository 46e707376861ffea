//! One connection under one authorization: sealing, putting together, opening, and what is refused on the way (4, 5).

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use terskel_model::world::random;
use terskel_model::{Entropy, Uptime};
use uuid::Uuid;

use crate::nuki::crypto::SharedKey;
use crate::nuki::frame::{
    Collector, Crc, Kind, Malformed, Message, Whole, decode_plain, encode_inner, open, seal,
};
use crate::nuki::message::{ErrorReport, Proof, id, is_from_lock};
use crate::nuki::{Credential, GENERAL, Generation, USER};
use crate::session::{RoundTrips, Transmit};

/// A whole message of the lock.
#[derive(Debug)]
pub(super) enum Heard {
    /// Sealed under the key of this authorization.
    Sealed(Message),
    /// In clear, so by anybody: it explains, and proves nothing (8.5).
    Clear(ErrorReport),
}

pub(super) struct Link {
    key: SharedKey,
    authorization: u32,
    generation: Generation,
    entropy: Arc<dyn Entropy>,
    general: Collector,
    user: Collector,
    /// Nonces of this connection: an answer is taken once.
    seen: HashSet<[u8; 24]>,
    out: VecDeque<Message>,
    pub(super) trips: RoundTrips,
}

impl Link {
    pub(super) fn new(credential: &Credential, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            key: SharedKey::new(&credential.shared_key),
            authorization: credential.authorization_id,
            generation: credential.generation,
            entropy,
            general: Collector::new(Kind::Plain),
            user: Collector::new(Kind::Sealed),
            seen: HashSet::new(),
            out: VecDeque::new(),
            trips: RoundTrips::default(),
        }
    }

    pub(super) fn send(&mut self, message: Message) {
        self.out.push_back(message);
    }

    /// Sends a command that acts.
    pub(super) fn send_proven(&mut self, message: Message, challenge: [u8; 32], pin: Option<u32>) {
        let proof = Proof { challenge, pin };
        self.send(proof.complete(self.generation, message));
    }

    pub(super) fn clear(&mut self) {
        self.out.clear();
    }

    /// The next value to write, and which command it is. Sealed only now: no ciphertext goes out twice.
    pub(super) fn poll(&mut self) -> Option<(Transmit, u16)> {
        let message = self.out.pop_front()?;
        let inner = encode_inner(self.authorization, &message);
        let value = seal(&self.key, self.authorization, &random(&*self.entropy), &inner)?;
        self.trips.spoke();
        Some((Transmit { characteristic: USER, value, with_response: true }, message.command))
    }

    /// Takes an indication. `None` while a message is incomplete, and for one that proves nothing: seen before, or such
    /// as only phones send.
    pub(super) fn receive(
        &mut self,
        characteristic: Uuid,
        value: &[u8],
        now: Uptime,
    ) -> Result<Option<Heard>, Malformed> {
        match characteristic {
            GENERAL => Ok(self.receive_clear(value, now)),
            USER => match self.user.add(value, now)? {
                Some(Whole::Sealed(bytes)) => self.open(&bytes),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// What is in clear and makes no sense is nobody's fault but the air's.
    fn receive_clear(&mut self, value: &[u8], now: Uptime) -> Option<Heard> {
        let Ok(Some(Whole::Plain(bytes))) = self.general.add(value, now) else { return None };
        let message = decode_plain(&bytes).ok().filter(|message| message.command == id::ERROR_REPORT)?;
        ErrorReport::decode(&message.payload).map(Heard::Clear)
    }

    fn open(&mut self, bytes: &[u8]) -> Result<Option<Heard>, Malformed> {
        let opened = open(&self.key, bytes)?;
        if opened.id != self.authorization {
            return Err(Malformed::Id);
        }
        if opened.crc == Crc::Wrong {
            return Err(Malformed::Crc);
        }
        if !is_from_lock(opened.message.command) || !self.seen.insert(opened.nonce) {
            return Ok(None);
        }
        self.trips.heard();
        Ok(Some(Heard::Sealed(opened.message)))
    }
}
