//! Which digital key a lock is asked with. There may be one of the dispatch and several of the shift, and they are not equal:
//! one may only lock, one may stand in the lock's own list and be forgotten there.

use std::cmp::Reverse;

use terskel_keys::KeyError;
use terskel_keys::digital_key::{self, DigitalKey};
use terskel_model::KeyId;
use terskel_model::door::{DoorReason, Operation};

use super::door::DoorKeeper;
use crate::store::{KeyFacts, KeyState, Snapshot};

/// There is no key to ask with.
pub(super) struct NoKey {
    /// Which key came nearest.
    pub(super) key: Option<KeyId>,
    pub(super) reason: DoorReason,
}

impl NoKey {
    fn at_all(reason: DoorReason) -> Self {
        Self { key: None, reason }
    }
}

impl DoorKeeper {
    /// The best key for it, but for those that were tried.
    pub(super) fn choose(&self, operation: &Operation, tried: &[KeyId]) -> Result<DigitalKey, NoKey> {
        let snapshot = self.core.snapshot();
        let Some(phone) = &snapshot.phone else { return Err(NoKey::at_all(DoorReason::NoKey)) };
        let ranked = self.ranked(&snapshot, operation);
        let mut left = ranked.into_iter().filter(|key| !tried.contains(&key.id));
        let verified = left.find_map(|facts| {
            let key = digital_key::verify(&facts.bytes, &phone.authority, &phone.identity.public()).ok()?;
            Some((facts, key))
        });
        let Some((facts, key)) = verified else { return Err(NoKey::at_all(self.none(&snapshot))) };
        let allowed = match facts.state {
            KeyState::Used if *operation == Operation::Open => Err(DoorReason::KeyUsed),
            _ => {
                key.check(self.lock.id, operation, self.core.clock.now()).map_err(|error| key_reason(&error))
            }
        };
        allowed.map(|()| key).map_err(|reason| NoKey { key: Some(facts.id), reason })
    }

    /// The best first, as far as can be told without reading them.
    ///
    /// Of those that may do it and that the lock has not refused, the dispatch's own comes first: it has what the lock always
    /// takes, where the shift's may be for once, or stand in the lock's list. Then one that also opens, so that the door is
    /// locked in the session in which it was opened; then the one that lasts longest.
    fn ranked<'a>(&self, snapshot: &'a Snapshot, operation: &Operation) -> Vec<&'a KeyFacts> {
        let now = self.core.clock.now();
        let mut keys: Vec<_> = snapshot.keys_for(self.dispatch, self.lock.id).collect();
        keys.sort_by_key(|key| {
            let fits = key.may(operation) && key.expires > now;
            let known_refused = self.core.refused.has(key.id);
            Reverse((fits, !known_refused, key.dispatch.is_some(), key.opens, key.expires))
        });
        keys
    }

    /// What a session is prepared with: for the next slide, else for whatever there is a key for.
    pub(super) fn choose_to_prepare(&self) -> Result<DigitalKey, DoorReason> {
        let [first, second] = self.next_slide();
        self.choose(&first, &[]).or_else(|_| self.choose(&second, &[])).map_err(|none| none.reason)
    }

    /// Which of these that would be; none where no key would do.
    pub(super) fn favourite_to_prepare(&self) -> Option<KeyId> {
        let snapshot = self.core.snapshot();
        let now = self.core.clock.now();
        let may = |operation: &Operation| {
            let first = self.ranked(&snapshot, operation).into_iter().next();
            first.filter(|key| key.may(operation) && key.expires > now).map(|key| key.id)
        };
        let [first, second] = self.next_slide();
        may(&first).or_else(|| may(&second))
    }

    /// To open on the way in, to lock after it; and what the worker may want instead.
    fn next_slide(&self) -> [Operation; 2] {
        let left = self.core.snapshot().open_visit().is_some_and(|(visit, _)| visit.left_at.is_some());
        if left { [Operation::Lock, Operation::Open] } else { [Operation::Open, Operation::Lock] }
    }

    /// The key of the session in the slot was taken away, or there is none at all any more.
    pub(super) fn key_lost(&self) -> bool {
        self.by.is_some_and(|key| self.is_gone(key))
    }

    pub(super) fn is_gone(&self, key: KeyId) -> bool {
        self.core.snapshot().is_gone(key, self.dispatch, self.lock.id)
    }

    fn none(&self, snapshot: &Snapshot) -> DoorReason {
        if snapshot.key_withdrawn(self.dispatch, self.lock.id) {
            DoorReason::KeyWithdrawn
        } else if self.core.withheld.has(self.lock.id) {
            DoorReason::VendorSilent
        } else {
            DoorReason::NoKey
        }
    }
}

/// Whether it lies with the key: another one may do better. None of these is said of a bolt that has moved.
pub(super) fn is_of_the_key(reason: &DoorReason) -> bool {
    matches!(
        reason,
        DoorReason::KeyRejected
            | DoorReason::KeyExpired
            | DoorReason::LockNotNow
            | DoorReason::KeyWithdrawn
            | DoorReason::NoKey
    )
}

pub(super) fn key_reason(error: &KeyError) -> DoorReason {
    match error {
        KeyError::Expired | KeyError::NotYetValid => DoorReason::KeyExpired,
        _ => DoorReason::NoKey,
    }
}
