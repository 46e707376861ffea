//! What a digital key stands on, and so how long it may last.

use std::time::Duration;

use crate::open_enum::open_enum;
use crate::rules::{BREAK_GLASS_LIFETIME, DISPATCH_KEY_LIFETIME, SHIFT_KEY_LIFETIME};

open_enum! {
    /// Why the station issued a digital key.
    KeyBasis {
        /// The worker has accepted a dispatch.
        Dispatch = "dispatch",
        /// The worker is on shift and has permission.
        Shift = "shift",
        /// An emergency, and nobody had given permission: the worker told a reason.
        BreakGlass = "break_glass",
    }
}

open_enum! {
    /// Why there is no digital key for a lock that the worker may open.
    KeyWanting {
        /// The key service of the lock's vendor does not answer, or not as it should.
        ServiceSilent = "service_silent",
        /// The key service does not let the station in.
        ServiceRefused = "service_refused",
        /// The key service has nothing for this lock.
        LockUnknown = "lock_unknown",
        /// What it gave last has ended, and it gives nothing newer.
        TokenEnded = "token_ended",
        /// What it gave is not valid yet.
        TokenNotYet = "token_not_yet",
        /// It has not been asked yet.
        NotAsked = "not_asked",
        /// The station is told of no key service for this lock.
        NoService = "no_service",
        /// The app on the phone is too old for what was permitted.
        AppTooOld = "app_too_old",
    }
}

impl KeyBasis {
    /// From issue to end, at most. A basis from a newer version has the longest that any has.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        match self {
            Self::Dispatch => DISPATCH_KEY_LIFETIME,
            Self::BreakGlass => BREAK_GLASS_LIFETIME,
            Self::Shift | Self::Unknown(_) => SHIFT_KEY_LIFETIME,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_lasts_longer_than_a_key_for_a_shift() {
        for basis in [KeyBasis::Dispatch, KeyBasis::Shift, KeyBasis::BreakGlass, "from_later".into()] {
            assert!(basis.lifetime() <= SHIFT_KEY_LIFETIME, "{basis}");
        }
    }
}
