//! Dispatches: from the response centre, to the phones, accepted and declined.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::dispatch::{Cause, DeclineReason, DispatchPhase};
use terskel_model::door::{DoorKind, LockFamily};
use terskel_model::{DispatchId, DoorId, HubId, KeyId, LockId, ResidentId};

use crate::key::DoorWithoutKey;
use crate::{Bytes, Secret};

/// The SSE event name under which [`Dispatch`] comes whenever anything about it changes. The event's `id` is the
/// cursor for `Last-Event-ID`. A comment line every 10 s is the heartbeat.
pub const STREAM_DISPATCH: &str = "dispatch";

/// The SSE event name under which [`StreamTime`] comes at the beginning of each stream. It has no `id`.
pub const STREAM_TIME: &str = "time";

/// The station's clock when the stream began: a phone's own can be set by anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StreamTime {
    /// UTC.
    pub station_time: DateTime<Utc>,
}

/// A response centre calls a team out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDispatch {
    /// The centre's own number for this dispatch, 1–100 characters: the same reference is the same dispatch;
    /// for another resident it is a conflict.
    pub reference: String,
    /// The resident's number, which centre and municipality share.
    pub resident_number: String,
    /// The team to call, by its code; the resident's own team where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_code: Option<String>,
    /// Why. A cause that is not known here is kept and shown as it is; 1–100 characters.
    pub cause: Cause,
    /// When the alarm was raised.
    pub raised_at: DateTime<Utc>,
    /// What the operator heard; 0–2000 characters.
    #[serde(default)]
    pub note: String,
}

/// A dispatch as its response centre sees it: how far the team is, nothing of the visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CentreDispatch {
    /// The dispatch.
    pub id: DispatchId,
    /// The centre's own number.
    pub reference: String,
    /// How far it is.
    pub phase: DispatchPhase,
    /// When the station took it.
    pub received_at: DateTime<Utc>,
    /// How many phones have the alert.
    pub delivered: u32,
    /// How many workers declined.
    pub declined: u32,
    /// Set when nobody accepted within five minutes: call the team.
    pub unanswered_since: Option<DateTime<Utc>>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// Set when nobody had checked in thirty minutes after accepting.
    pub overdue_since: Option<DateTime<Utc>>,
    /// When the worker checked in.
    pub arrived_at: Option<DateTime<Utc>>,
    /// When the visit was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// A dispatch as one phone may see it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dispatch {
    /// The dispatch; also names the visit.
    pub id: DispatchId,
    /// Grows with every change; an older one that arrives late is ignored.
    pub revision: u64,
    /// Where it stands.
    pub phase: DispatchPhase,
    /// Whether this phone has accepted it.
    pub mine: bool,
    /// Whether this phone has declined it.
    pub declined: bool,
    /// Name of the worker who has it.
    pub accepted_by: Option<String>,
    /// When the alarm was raised.
    pub raised_at: DateTime<Utc>,
    /// Unanswered after this.
    pub accept_by: DateTime<Utc>,
    /// Set when nobody accepted in time and the centre was told to call.
    pub unanswered_since: Option<DateTime<Utc>>,
    /// The visit of the phone's own, begun after a telephone call, that it is the alarm of. Where somebody else has accepted
    /// it, the visit goes on as the worker's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<DispatchId>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// The arrival clock runs out.
    pub arrive_by: Option<DateTime<Utc>>,
    /// When the worker checked in.
    pub arrived_at: Option<DateTime<Utc>>,
    /// When the visit was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why, who and where; absent once this phone may no longer read it.
    pub details: Option<DispatchDetails>,
}

/// The text of a dispatch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DispatchDetails {
    /// Why.
    pub cause: Cause,
    /// What the operator heard.
    pub note: String,
    /// Who.
    pub resident: Resident,
    /// The doors in the order one comes to them.
    pub doors: Vec<Door>,
    /// The hub in the home, if there is one.
    pub hub: Option<Hub>,
}

/// The resident, as far as a worker on the way needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resident {
    /// The resident.
    pub id: ResidentId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Year of birth.
    pub birth_year: Option<u16>,
    /// Street, number, floor.
    pub address: String,
    /// Town.
    pub town: String,
    /// Telephone number.
    pub phone_number: String,
    /// Notes on the way in: safety chain off? pets?
    pub way_in: String,
}

/// A door on the way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Door {
    /// The door.
    pub id: DoorId,
    /// Which.
    pub kind: DoorKind,
    /// What people call it.
    pub name: String,
    /// Its electronic lock; a door without one opens by hand, by a code or by a metal key.
    pub lock: Option<Lock>,
    /// The code of its keypad; for the phone that has accepted alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
    /// Where its metal key hangs; for the phone that has accepted alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_key: Option<PhysicalKey>,
}

/// A metal key in a cabinet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PhysicalKey {
    /// In which cabinet; 1–200 characters.
    pub cabinet: String,
    /// Under which tag; 1–100 characters.
    pub tag: String,
}

/// How to find a lock. Its secret is in the digital key only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lock {
    /// The lock: the audience of its digital keys.
    pub id: LockId,
    /// Which protocol.
    pub family: LockFamily,
    /// Bluetooth address, `AA:BB:CC:DD:EE:FF`.
    pub address: String,
    /// The id that the lock itself tells, in its family's way of writing.
    pub device_id: String,
    /// The last entry of the lock's own log that the station has; 0: none.
    #[serde(default)]
    pub log_after: u32,
}

/// How to find and check a hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hub {
    /// The hub.
    pub id: HubId,
    /// Bluetooth address, `AA:BB:CC:DD:EE:FF`.
    pub address: String,
    /// Ed25519, 32 bytes: its receipts verify against it.
    pub public_key: Bytes,
}

/// The dispatch is this phone's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accepted {
    /// As it stands now.
    pub dispatch: Dispatch,
    /// One digital key for each lock on the way.
    pub keys: Vec<IssuedKey>,
    /// Doors that there is no key for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<DoorWithoutKey>,
}

/// A digital key for one lock, for this phone alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuedKey {
    /// The key.
    pub id: KeyId,
    /// The lock it is for.
    pub lock: LockId,
    /// The door the lock is in.
    pub door: DoorId,
    /// CWT in COSE_Sign1 (`keys::digital_key`).
    pub key: Bytes,
}

/// A worker says no.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// Why; 1–100 characters.
    pub reason: DeclineReason,
}
