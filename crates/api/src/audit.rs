//! The audit trail, for team leads.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::door::{DoorOutcome, Operation};
use terskel_model::event::{EventKind, Proof};
use terskel_model::trusted_time::ClockQuality;
use terskel_model::{DispatchId, DoorId, EventId, KeyId, PermissionId, PhoneId, WorkerId};

/// What happened in one dispatch, in the order of `at`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditTrail {
    /// The entries.
    pub entries: Vec<AuditEntry>,
}

/// Who did what, when, to which door, by which proof, with which outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// The event.
    pub id: EventId,
    /// When, UTC: by the clock of whoever saw it.
    pub at: DateTime<Utc>,
    /// How much that time is worth, of a phone's. Absent: the station's own, or a phone that did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockQuality>,
    /// When the station stored it, UTC.
    pub stored_at: DateTime<Utc>,
    /// What.
    pub kind: EventKind,
    /// The dispatch.
    pub dispatch: Option<DispatchId>,
    /// Who.
    pub worker: Option<WorkerId>,
    /// Their name.
    pub worker_name: Option<String>,
    /// With which phone.
    pub phone: Option<PhoneId>,
    /// Which door.
    pub door: Option<DoorId>,
    /// Its name.
    pub door_name: Option<String>,
    /// What was asked of the lock.
    pub operation: Option<Operation>,
    /// With which outcome.
    pub outcome: Option<DoorOutcome>,
    /// Why, in a code.
    pub reason: Option<String>,
    /// With which digital key.
    pub key: Option<KeyId>,
    /// By which permission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<PermissionId>,
    /// By which proof.
    pub proof: Proof,
}

/// What the trail says of older events is to be erased.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EraseTrail {
    /// Those that the station stored before this time, UTC; at least 30 days ago.
    pub before: DateTime<Utc>,
}

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrailErased {
    /// How many events.
    pub erased: u64,
}
