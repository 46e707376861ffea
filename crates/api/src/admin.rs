//! What an administrator's tool sets up: teams, workers, residents with doors and hub, shifts, enrolment codes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::door::{DoorKind, LockFamily};
use terskel_model::permission::WorkerRole;
use terskel_model::phone_policy::NoticePolicy;
use terskel_model::{DoorId, HubId, LockId, OrganisationId, TeamId, WorkerId};
use uuid::Uuid;

use crate::dispatch::PhysicalKey;
use crate::{Bytes, Secret};

/// The id of what was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Created {
    /// Its id, of the type that belongs to the resource.
    pub id: Uuid,
}

/// A team.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// The code that response centres use; unique, 1–50 characters.
    pub code: String,
    /// 1–200 characters.
    pub name: String,
}

/// What a team decides about its phones.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetPhonePolicy {
    /// So many seconds after the last touch the app locks, 30–3600.
    pub lock_after_s: u32,
    /// What may be read on a locked screen.
    pub notices: NoticePolicy,
}

/// A worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewWorker {
    /// The number on the staff card; unique, 1–50 characters.
    pub staff_number: String,
    /// 1–500 characters.
    pub name: String,
    /// 4–12 digits.
    pub pin: Secret,
    /// The team that this worker leads, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads: Option<TeamId>,
    /// The other organisation that this worker belongs to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
}

/// What is known of a worker, in full: what is left out is not so.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkerChange {
    /// The number on the staff card; unique, 1–50 characters.
    pub staff_number: String,
    /// 1–500 characters.
    pub name: String,
    /// The team that this worker leads, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads: Option<TeamId>,
    /// The other organisation that this worker belongs to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
}

/// Another PIN for a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPin {
    /// 4–12 digits.
    pub pin: Secret,
}

/// Another organisation whose people are let in: the fire service, say.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    /// Unique, 1–200 characters.
    pub name: String,
}

/// A resident, with the way in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewResident {
    /// The number that centre and municipality share; unique, 1–50 characters.
    pub number: String,
    /// The team that goes there.
    pub team: TeamId,
    /// 1–500 characters.
    pub first_name: String,
    /// 1–500 characters.
    pub last_name: String,
    /// Year of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<u16>,
    /// Street, number, floor; 1–500 characters.
    pub address: String,
    /// 1–200 characters.
    pub town: String,
    /// 0–50 characters.
    #[serde(default)]
    pub phone_number: String,
    /// Notes on the way in; 0–2000 characters.
    #[serde(default)]
    pub way_in: String,
    /// Where the home's clocks stand, by the IANA name; `Europe/Oslo` where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// In the order one comes to them; at most 10.
    #[serde(default)]
    pub doors: Vec<NewDoor>,
    /// The hub in the home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<NewHub>,
}

/// What can be corrected of a resident: all of it is given, also what stays. Doors, locks and hub are not among it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResidentChange {
    /// 1–500 characters.
    pub first_name: String,
    /// 1–500 characters.
    pub last_name: String,
    /// Year of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<u16>,
    /// Street, number, floor; 1–500 characters.
    pub address: String,
    /// 1–200 characters.
    pub town: String,
    /// 0–50 characters.
    #[serde(default)]
    pub phone_number: String,
    /// Notes on the way in; 0–2000 characters.
    #[serde(default)]
    pub way_in: String,
}

/// A door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDoor {
    /// Chosen by the caller.
    pub id: DoorId,
    /// Which.
    pub kind: DoorKind,
    /// 1–200 characters.
    pub name: String,
    /// Its electronic lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<NewLock>,
    /// The code of its keypad, 1–50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
    /// Where its metal key hangs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_key: Option<PhysicalKey>,
}

/// A lock that has been associated, with the secret that opens it. A stairwell lock that serves several residents is
/// given with each of them, with the same id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLock {
    /// Chosen by the caller.
    pub id: LockId,
    /// Which protocol.
    pub family: LockFamily,
    /// Bluetooth address, `AA:BB:CC:DD:EE:FF`; empty where the phone that installed it is not told: it is found by its id.
    pub address: String,
    /// The id that the lock itself tells: dKey, 8 hex digits.
    pub device_id: String,
    /// The family's credential in hex. dKey: 4 bytes key holder id, 32 bytes secret. Empty for a Danalock whose login token
    /// the station fetches from the vendor's key service.
    pub credential: Secret,
}

/// A hub.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewHub {
    /// Chosen by the caller.
    pub id: HubId,
    /// Bluetooth address, `AA:BB:CC:DD:EE:FF`.
    pub address: String,
    /// Ed25519, 32 bytes.
    pub public_key: Bytes,
}

/// A time on duty.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewShift {
    /// Who.
    pub worker: WorkerId,
    /// In which team.
    pub team: TeamId,
    /// As what; 1–50 characters. A carer where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<WorkerRole>,
    /// From.
    pub starts_at: DateTime<Utc>,
    /// Until; after `starts_at`, at most 24 hours.
    pub ends_at: DateTime<Utc>,
}

/// A code for enrolling one phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewEnrolment {
    /// What the phone is for, shown in lists; 1–100 characters.
    pub note: String,
}

/// The code, shown once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolmentCode {
    /// 8 characters from an alphabet without look-alikes, as `XXXX-XXXX`; used once, within the hour.
    pub code: Secret,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
}
