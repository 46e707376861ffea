//! Who may open what, when, and under which condition: a team lead's standing decisions, and the one function that
//! decides by them ([`decide`]).

mod decide;
mod denial;
mod facts;
#[cfg(test)]
mod tests;
mod when;
mod who;
mod zone;

use serde::{Deserialize, Serialize};

use crate::door::Operation;
use crate::open_enum::open_enum;
use crate::{DoorId, PermissionId, ResidentId, TeamId};

pub use decide::{Because, Decision, decide};
pub use denial::Denial;
pub use facts::{BrokenGlass, Facts, InHand, OnDuty, Residence, Use};
pub use when::{Term, TimeOfDay, When, Window};
pub use who::{Who, WorkerRole};
pub use zone::TimeZone;

/// The most windows that one permission can have: three on each day of the week.
const MAX_WINDOWS: usize = 21;

/// A decision on who may open what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// `None`: no lead gave it; it is one of the rules that always stand ([`Permission::standing`]).
    pub id: Option<PermissionId>,
    /// Who.
    pub who: Who,
    /// Which doors.
    pub what: What,
    /// When.
    pub when: When,
    /// What must be the case besides.
    pub condition: Condition,
    /// What may be asked of the locks.
    pub operations: Vec<Operation>,
}

/// Which doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum What {
    /// One door.
    Door {
        /// Which.
        door: DoorId,
    },
    /// All doors on the way to one resident.
    Residence {
        /// Whose.
        resident: ResidentId,
    },
    /// All doors on the way to all residents of a team.
    Team {
        /// Which.
        team: TeamId,
    },
}

impl What {
    /// Whether the door that the facts tell of is among them.
    #[must_use]
    pub fn covers(&self, facts: &Facts) -> bool {
        match self {
            Self::Door { door } => *door == facts.door,
            Self::Residence { resident } => *resident == facts.residence.resident,
            Self::Team { team } => *team == facts.residence.team,
        }
    }
}

open_enum! {
    /// What must be the case for a permission to count. Every key ends with the shift, so each of them means: on shift.
    Condition {
        /// Nothing more.
        OnShift = "on_shift",
        /// The worker has accepted a dispatch to this residence, and the visit is not over.
        Dispatched = "dispatched",
        /// The worker has broken the glass for this residence.
        BreakGlass = "break_glass",
    }
}

/// Which field of a permission is wrong, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct PermissionFault {
    /// As a path: `when.windows[2].days`.
    pub field: &'static str,
    /// For the engineer who reads it.
    pub fault: &'static str,
}

impl Permission {
    /// Whether it makes sense, whoever gives it.
    ///
    /// # Errors
    /// [`PermissionFault`] names the first field that does not.
    pub fn check(&self) -> Result<(), PermissionFault> {
        let fault = |field, fault| Err(PermissionFault { field, fault });
        if let Term::Once { from, until } | Term::Period { from, until } = self.when.term
            && until <= from
        {
            return fault("when.term.until", "must be after from");
        }
        if self.when.windows.len() > MAX_WINDOWS {
            return fault("when.windows", "are more than 21");
        }
        if self.when.windows.iter().any(|window| window.days.is_empty()) {
            return fault("when.windows", "one has no days");
        }
        if matches!(self.condition, Condition::Unknown(_)) {
            return fault("condition", "is not known here");
        }
        if self.operations.is_empty() {
            return fault("operations", "are missing");
        }
        if self.operations.iter().any(|operation| matches!(operation, Operation::Unknown(_))) {
            return fault("operations", "one is not known here");
        }
        if matches!(self.when.term, Term::Once { .. }) {
            return self.check_once();
        }
        Ok(())
    }

    /// Of several who may, one would take it from the others without knowing.
    fn check_once(&self) -> Result<(), PermissionFault> {
        if !matches!(self.who, Who::Worker { .. }) {
            return Err(PermissionFault { field: "who", fault: "a permission for once is for one worker" });
        }
        if self.operations.contains(&Operation::Open) {
            Ok(())
        } else {
            Err(PermissionFault { field: "operations", fault: "a permission for once is for opening" })
        }
    }

    /// What stands without a lead's doing: who has accepted a dispatch may open and lock the doors on its way, and so
    /// may, for a quarter of an hour, who has broken the glass there.
    #[must_use]
    pub fn standing(facts: &Facts) -> Vec<Self> {
        let rule = |condition| Self {
            id: None,
            who: Who::Worker { worker: facts.worker },
            what: What::Residence { resident: facts.residence.resident },
            when: When::always(),
            condition,
            operations: vec![Operation::Open, Operation::Lock],
        };
        let dispatched = facts.dispatch.is_some().then(|| rule(Condition::Dispatched));
        let broken = facts.break_glass.is_some().then(|| rule(Condition::BreakGlass));
        dispatched.into_iter().chain(broken).collect()
    }
}
