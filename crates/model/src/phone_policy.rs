//! What a unit has decided about its phones.

use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;

open_enum! {
    /// What a notification, and the app's own locked screen, may say about an alarm. Anybody can read it there.
    NoticePolicy {
        /// That there is an alarm.
        Nothing = "none",
        /// And the resident's initials.
        Initials = "initials",
        /// And the resident's name and address.
        Full = "full",
    }
}

/// The policy of a team's phones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhonePolicy {
    /// So many seconds after the last touch the app locks: [`LOCK_AFTER_S`].
    pub lock_after_s: u32,
    /// What may be read on a locked screen.
    pub notices: NoticePolicy,
}

/// The shortest and the longest time that a unit may choose.
pub const LOCK_AFTER_S: std::ops::RangeInclusive<u32> = 30..=3600;

impl PhonePolicy {
    /// As a phone follows it: nobody is locked out between two touches.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self { lock_after_s: self.lock_after_s.max(*LOCK_AFTER_S.start()), ..self }
    }
}

impl Default for PhonePolicy {
    /// Two minutes, and nothing about anybody.
    fn default() -> Self {
        Self { lock_after_s: 120, notices: NoticePolicy::Nothing }
    }
}
