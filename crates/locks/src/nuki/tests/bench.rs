//! A phone, and a lock that says whatever it is told to say.

use std::sync::Arc;
use std::time::Duration;

use terskel_model::Uptime;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::world::{ManualWorld, random};

use super::pair::{BOOT, session_of, world};
use super::vectors::{AUTHORIZATION, paired, shared_key};
use crate::lock::{LockCommand, LockEvent};
use crate::nuki::frame::{Message, encode_inner, seal};
use crate::nuki::message::{DateTime, ErrorReport, States, challenge, id};
use crate::nuki::phone::LockSession;
use crate::nuki::{Credential, USER};
use crate::session::Session;

/// A phone, and a lock that says whatever it is told to say.
pub(super) struct Bench {
    pub(super) phone: LockSession,
    pub(super) entropy: Arc<ManualWorld>,
    now: Uptime,
}

pub(super) const NOW: Uptime = Uptime(BOOT);

pub(super) fn states(lock_state: u8, last: u8, second: u8) -> Message {
    let mut payload = vec![0; 21];
    payload[..3].copy_from_slice(&[2, lock_state, 0]);
    payload[3..10].copy_from_slice(&DateTime([0xea, 7, 3, 7, 8, 15, second]).0);
    payload[15] = last;
    States::decode(&payload).unwrap().encode()
}

pub(super) fn refused_with(code: u8) -> Message {
    ErrorReport { code, command: id::LOCK_ACTION }.encode()
}

impl Bench {
    /// The action is given out.
    pub(super) fn asked(operation: Operation) -> Self {
        Self::with(paired(), operation)
    }

    pub(super) fn with(credential: Credential, operation: Operation) -> Self {
        let mut bench = Self { phone: session_of(credential), entropy: world(9), now: NOW };
        bench.phone.command(LockCommand::Operate(operation), NOW);
        bench.phone.connected(247, NOW);
        assert_eq!(bench.sent(), 1);
        bench.say(&challenge(&[5; 32]));
        assert_eq!(bench.sent(), 1);
        bench
    }

    pub(super) fn sent(&mut self) -> usize {
        std::iter::from_fn(|| self.phone.poll_transmit()).count()
    }

    pub(super) fn seal(&self, message: &Message) -> Vec<u8> {
        let nonce = random(&*self.entropy);
        seal(&shared_key("shared_key"), AUTHORIZATION, &nonce, &encode_inner(AUTHORIZATION, message)).unwrap()
    }

    pub(super) fn say(&mut self, message: &Message) {
        let value = self.seal(message);
        self.phone.received(USER, &value, self.now);
    }

    pub(super) fn outcome(&mut self) -> Option<(DoorOutcome, Option<DoorReason>)> {
        let events = std::iter::from_fn(|| self.phone.poll_event());
        events.fold(None, |found, event| match event {
            LockEvent::Outcome { outcome, reason, .. } => {
                assert!(found.is_none(), "two outcomes");
                Some((outcome, reason))
            }
            _ => found,
        })
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
        self.phone.timed_out(self.now);
    }
}
