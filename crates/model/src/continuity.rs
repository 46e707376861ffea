//! Whom a worker calls when something does not work.

use crate::open_enum::open_enum;

open_enum! {
    /// For what somebody on a team's list is called.
    ContactRole {
        /// Who answers alarms and dispatches: called when a dispatch was accepted without network.
        ResponseCentre = "response_centre",
        /// Who leads the team, or is on call for that.
        Lead = "lead",
        /// Phones, locks, hubs.
        TechnicalHelp = "technical_help",
        /// Anybody else: a neighbouring team, the locksmith.
        Other = "other",
    }
}
