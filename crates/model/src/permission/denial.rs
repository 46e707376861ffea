//! Why a worker gets no key.

use crate::open_enum::open_enum;

open_enum! {
    /// Why a worker gets no key: the reason of the permission that came nearest to granting one.
    Denial {
        /// The worker is on no shift now.
        NotOnShift = "not_on_shift",
        /// Nothing lets this worker through this door.
        NoPermission = "no_permission",
        /// What would, does not allow this operation.
        OperationNotAllowed = "operation_not_allowed",
        /// What would, is over.
        Ended = "ended",
        /// What would, has not begun.
        NotYet = "not_yet",
        /// What would, does not count at this hour.
        OutsideHours = "outside_hours",
        /// What would, counts only on a dispatch to this residence.
        NotDispatched = "not_dispatched",
        /// What would, counts only after the glass was broken.
        GlassNotBroken = "glass_not_broken",
        /// What would, was for once, and that is done.
        UsedUp = "used_up",
    }
}

impl Denial {
    /// How near it was: a larger number is nearer.
    pub(super) fn nearness(&self) -> u8 {
        match self {
            Self::NotOnShift | Self::NoPermission | Self::Unknown(_) => 0,
            Self::OperationNotAllowed => 1,
            Self::Ended => 2,
            Self::NotYet => 3,
            Self::OutsideHours => 4,
            Self::NotDispatched | Self::GlassNotBroken => 5,
            Self::UsedUp => 6,
        }
    }
}
