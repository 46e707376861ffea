//! Locks that the station could issue no key for, because their vendor gave it nothing. It is asked again anyway; this is for
//! who stands before the door meanwhile. Not stored: after a new start it is known with the next answer.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use terskel_api::key::DoorWithoutKey;
use terskel_model::LockId;

#[derive(Default)]
pub(crate) struct Withheld(Mutex<HashSet<LockId>>);

impl Withheld {
    /// What the station's last answer says of these locks.
    pub(crate) fn learn(&self, issued: impl Iterator<Item = LockId>, without: &[DoorWithoutKey]) {
        let mut locks = self.locks();
        for lock in issued {
            locks.remove(&lock);
        }
        locks.extend(without.iter().map(|door| door.lock));
    }

    pub(crate) fn has(&self, lock: LockId) -> bool {
        self.locks().contains(&lock)
    }

    fn locks(&self) -> MutexGuard<'_, HashSet<LockId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
