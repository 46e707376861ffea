//! Digital keys that are taken away before their time.

use crate::open_enum::open_enum;

open_enum! {
    /// Why a phone must wipe keys.
    WithdrawalReason {
        /// A lead has taken the permission away.
        PermissionTakenAway = "permission_taken_away",
        /// A lead has ended the shift.
        ShiftEnded = "shift_ended",
        /// The worker does not work here any more.
        WorkerDismissed = "worker_dismissed",
        /// The resident does not have the service any more.
        ServiceEnded = "service_ended",
        /// The phone was reported lost.
        PhoneLost = "phone_lost",
    }
}
