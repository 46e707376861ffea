//! Who is let in.

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::open_enum::open_enum;
use crate::{OrganisationId, TeamId, WorkerId};

open_enum! {
    /// What a worker is on a shift. A municipality may have names of its own.
    WorkerRole {
        /// Goes to residents.
        Carer = "carer",
        /// May do what a nurse may.
        Nurse = "nurse",
        /// Answers for the team: by the worker's own record, whatever the shift says.
        Lead = "lead",
    }
}

/// Who is let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Who {
    /// One worker.
    Worker {
        /// Who.
        worker: WorkerId,
    },
    /// Those who have this role on a shift of this team.
    Role {
        /// Of which team.
        team: TeamId,
        /// Which role.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        role: WorkerRole,
    },
    /// Everybody on a shift of this team.
    Team {
        /// Which.
        team: TeamId,
    },
    /// Everybody of another organisation who is on a shift.
    Organisation {
        /// Which.
        organisation: OrganisationId,
    },
}

impl Who {
    /// Whether the worker that the facts tell of is among them. Team and role are those of the shift: who is off duty has
    /// neither.
    #[must_use]
    pub fn covers(&self, facts: &Facts) -> bool {
        match self {
            Self::Worker { worker } => *worker == facts.worker,
            Self::Role { team, role: WorkerRole::Lead } => facts.leads == Some(*team),
            Self::Role { team, role } => {
                facts.shift.as_ref().is_some_and(|shift| shift.team == *team && shift.role == *role)
            }
            Self::Team { team } => facts.shift.as_ref().is_some_and(|shift| shift.team == *team),
            Self::Organisation { organisation } => facts.organisation == Some(*organisation),
        }
    }
}
