//! What a team does, and whom it calls, when something does not work: on every phone of the team, also without network.

use serde::{Deserialize, Serialize};
use terskel_model::continuity::ContactRole;

/// A team's plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Continuity {
    /// What to do, in the lead's words; 0–4000 characters.
    pub plan: String,
    /// Whom to call, in this order; at most 20.
    pub contacts: Vec<Contact>,
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
