//! Breaking the glass: a worker opens a home in an emergency, lead and response centres are told, a lead reviews.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::break_glass::BreakGlassReason;
use terskel_model::{BreakGlassId, PhoneId, ResidentId, WorkerId};

use crate::key::{DoorWithoutKey, KeyHome, ShiftKey};

/// The SSE event name under which a lead's phone is told of a [`GlassReport`].
pub const STREAM_GLASS: &str = "break_glass";

/// A worker on shift opens a home of the own team.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BreakGlass {
    /// Chosen by the phone: the same id is the same emergency.
    pub id: BreakGlassId,
    /// The resident's number, exactly; 1–50 characters.
    pub resident_number: String,
    /// Why; 1–100 characters.
    pub reason: BreakGlassReason,
    /// What is going on, in the worker's words; 1–500 characters.
    pub text: String,
}

/// The home is open to this phone for a quarter of an hour.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GlassBroken {
    /// The emergency.
    pub id: BreakGlassId,
    /// Where.
    pub home: KeyHome,
    /// A key for each lock on the way.
    pub keys: Vec<ShiftKey>,
    /// Doors that there is no key for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<DoorWithoutKey>,
}

/// An emergency as the lead sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GlassReport {
    /// The emergency.
    pub id: BreakGlassId,
    /// At whose home.
    pub resident: ResidentId,
    /// Their name.
    pub resident_name: String,
    /// Who opened it.
    pub worker: WorkerId,
    /// Their name.
    pub worker_name: String,
    /// With which phone.
    pub phone: PhoneId,
    /// Why.
    pub reason: BreakGlassReason,
    /// In the worker's words.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When a lead had looked into it; absent while it waits.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// Who.
    pub reviewed_by: Option<String>,
    /// What the lead says of it.
    pub review: Option<String>,
}

/// Emergencies at homes of a team: those that wait for a review first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GlassList {
    /// The emergencies.
    pub reports: Vec<GlassReport>,
}

/// A lead has looked into it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// What there is to say of it; 1–2000 characters.
    pub note: String,
}

/// What response centres must know.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CentreNotices {
    /// The oldest first.
    pub notices: Vec<CentreNotice>,
}

/// A home was opened in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CentreNotice {
    /// Grows; what to give as `after` next time.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The resident's number, which centre and municipality share.
    pub resident_number: String,
    /// Why.
    pub reason: BreakGlassReason,
    /// Which team goes there.
    pub team_name: String,
    /// Who opened it.
    pub worker_name: String,
}
