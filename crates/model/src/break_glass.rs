//! Emergencies in which a worker opens a home without permission or dispatch.

use crate::open_enum::open_enum;

open_enum! {
    /// Why the glass was broken.
    BreakGlassReason {
        /// Somebody inside calls for help, or was heard to fall.
        CallsForHelp = "calls_for_help",
        /// Somebody inside does not answer, and should.
        NoAnswer = "no_answer",
        /// Fire, smoke, water, gas.
        Danger = "danger",
        /// Another emergency: the text says which.
        Other = "other",
    }
}
