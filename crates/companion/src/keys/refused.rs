//! Keys that their lock has refused, though their time is not over: it has forgotten them, its clock is lost, or it is not the
//! hour. Another key is tried before them, and where there is no other they are tried again. Not stored: after a new start the
//! lock is asked anew.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use terskel_model::KeyId;
use terskel_model::door::DoorReason;

#[derive(Default)]
pub(crate) struct Refused(Mutex<HashSet<KeyId>>);

impl Refused {
    /// What the lock has said when it was asked with this key; no reason where it has done as it was asked.
    pub(crate) fn learn(&self, key: KeyId, reason: Option<&DoorReason>) {
        match reason {
            Some(DoorReason::KeyRejected | DoorReason::KeyExpired | DoorReason::LockNotNow) => {
                self.keys().insert(key);
            }
            Some(_) => {}
            None => {
                self.keys().remove(&key);
            }
        }
    }

    pub(crate) fn has(&self, key: KeyId) -> bool {
        self.keys().contains(&key)
    }

    fn keys(&self) -> MutexGuard<'_, HashSet<KeyId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
