//! What a team does, and whom it calls, when something does not work: on every phone of the team, also without network.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::continuity::ContactRole;

/// A team's plan as its phones have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Continuity {
    /// What to do, in the lead's words; 0–4000 characters.
    pub plan: String,
    /// Whom to call, in this order; at most 20.
    pub contacts: Vec<Contact>,
}

/// A team's plan as its leads see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamContinuity {
    /// What to do; empty where no lead has written anything yet.
    pub plan: String,
    /// Whom to call, in this order.
    pub contacts: Vec<Contact>,
    /// When it was written: names this version of it. Absent where it was not yet.
    pub changed_at: Option<DateTime<Utc>>,
    /// The name of whoever wrote it.
    pub changed_by: Option<String>,
}

/// A lead writes the plan anew.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeContinuity {
    /// What to do, in the lead's words; 0–4000 characters.
    #[serde(default)]
    pub plan: String,
    /// Whom to call, in this order; at most 20.
    pub contacts: Vec<Contact>,
    /// `changed_at` of the version that the lead had before them. Where another lead has written since, it is refused.
    #[serde(default)]
    pub instead_of: Option<DateTime<Utc>>,
}

/// Somebody to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// For what; 1–50 characters.
    pub role: ContactRole,
    /// Their name; 1–100 characters.
    pub name: String,
    /// Their telephone number; 1–40 characters.
    pub phone_number: String,
}
