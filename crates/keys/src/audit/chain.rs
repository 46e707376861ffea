//! The chains of the phones, as far as an export has them.

use std::collections::HashMap;

use terskel_model::event::PhoneEvent;
use terskel_model::{EventId, PhoneId};

use super::{Fault, ToldByPhone};
use crate::log::Hash;

/// Where something is missing in a phone's chain: the station had it in no other way when it took the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The event that does not follow on the one before it.
    pub event: EventId,
    /// Whose chain.
    pub phone: PhoneId,
    /// The phone's count of the event.
    pub sequence: u64,
}

/// What was last seen of each phone.
#[derive(Default)]
pub(super) struct Chains {
    last: HashMap<PhoneId, Last>,
    pub(super) gaps: Vec<Gap>,
    /// How many events these phones have counted in between, which are of other visits.
    pub(super) elsewhere: u64,
}

struct Last {
    event: EventId,
    sequence: u64,
    hash: Hash,
}

impl Chains {
    pub(super) fn phones(&self) -> usize {
        self.last.len()
    }

    /// Takes the next event in the order of the log.
    pub(super) fn take(&mut self, event: &PhoneEvent, told: &ToldByPhone) -> Result<(), Fault> {
        let next = Last { event: event.id, sequence: event.sequence, hash: told.signed };
        let before = self.last.insert(event.phone, next);
        if !told.chained {
            self.gaps.push(Gap { event: event.id, phone: event.phone, sequence: event.sequence });
            return Ok(());
        }
        let Some(before) = before else { return Ok(()) };
        let follows = match event.sequence.checked_sub(before.sequence) {
            None | Some(0) => false,
            Some(1) => event.previous == before.hash,
            Some(further) => {
                self.elsewhere += further - 1;
                true
            }
        };
        if follows {
            Ok(())
        } else {
            Err(Fault::Chain { event: event.id, before: before.event, phone: event.phone })
        }
    }
}
