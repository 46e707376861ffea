//! The PIN that the worker has just signed in with, so that it is not chosen as the code: in memory alone, until there is a
//! code or the app locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

use terskel_api::Secret;

/// Has no `Debug`, and is wiped when it is forgotten.
#[derive(Default)]
pub(crate) struct PinInMind(Mutex<Option<Secret>>);

impl PinInMind {
    pub(crate) fn keep(&self, pin: Secret) {
        *self.pin() = Some(pin);
    }

    pub(crate) fn forget(&self) {
        *self.pin() = None;
    }

    pub(super) fn is(&self, code: &Secret) -> bool {
        self.pin().as_ref() == Some(code)
    }

    fn pin(&self) -> MutexGuard<'_, Option<Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
