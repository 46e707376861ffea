//! Permissions: a team lead gives them, takes them away, and sees who may open what and why.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::door::Operation;
use terskel_model::permission::{Condition, Denial, What, When, Who};
use terskel_model::{
    BreakGlassId, DispatchId, DoorId, KeyId, PermissionId, PhoneId, ResidentId, TeamId, WorkerId,
};

/// A lead gives a permission for doors of the own team's residents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPermission {
    /// Chosen by the caller: the same id is the same permission.
    pub id: PermissionId,
    /// Who: a worker who has a shift in the own team or is of another organisation; the own team, or a role in it;
    /// another organisation.
    pub who: Who,
    /// Which doors.
    pub what: What,
    /// When. A permission for once is for one worker, and its term begins no earlier than a day ago.
    pub when: When,
    /// What must be the case besides.
    #[serde(default = "on_shift")]
    pub condition: Condition,
    /// What may be asked of the locks; at least one.
    #[serde(default = "open_and_lock")]
    pub operations: Vec<Operation>,
    /// Why, for whoever reads it later; 0–500 characters.
    #[serde(default)]
    pub note: String,
}

fn on_shift() -> Condition {
    Condition::OnShift
}

fn open_and_lock() -> Vec<Operation> {
    vec![Operation::Open, Operation::Lock]
}

/// A permission that a lead gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GivenPermission {
    /// The permission.
    pub id: PermissionId,
    /// Who.
    pub who: Who,
    /// The name of worker, team or organisation.
    pub who_name: String,
    /// Which doors.
    pub what: What,
    /// The name of door, resident or team.
    pub what_name: String,
    /// When.
    pub when: When,
    /// What must be the case besides.
    pub condition: Condition,
    /// What may be asked of the locks.
    pub operations: Vec<Operation>,
    /// Why.
    pub note: String,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// By whom.
    pub given_by: String,
    /// When it was taken away.
    pub taken_away_at: Option<DateTime<Utc>>,
    /// By whom.
    pub taken_away_by: Option<String>,
}

/// The permissions that a team's leads have given and not taken away, and that are not over; the newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionList {
    /// The permissions.
    pub permissions: Vec<GivenPermission>,
}

/// Who can get into a home, for the lead of the team that goes there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HomeAccess {
    /// Whose home.
    pub resident: ResidentId,
    /// The hours of permissions are those of this time zone.
    pub time_zone: String,
    /// Who can open which door at this moment, and why: everybody on a shift now, asked of each door.
    pub now: Vec<AccessNow>,
    /// Who could, and cannot now: workers on a shift whom a permission names.
    pub not_now: Vec<NoAccessNow>,
    /// Digital keys that are out.
    pub keys: Vec<KeyOut>,
    /// What was permitted, the newest first.
    pub permissions: Vec<GivenPermission>,
}

/// Somebody can open a door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessNow {
    /// Who.
    pub worker: WorkerId,
    /// Their name.
    pub worker_name: String,
    /// On a shift of which team.
    pub team: TeamId,
    /// Which door.
    pub door: DoorId,
    /// Its name.
    pub door_name: String,
    /// Not from then on.
    pub until: DateTime<Utc>,
    /// What may be asked of the lock.
    pub operations: Vec<Operation>,
    /// Why.
    pub because: Because,
}

/// Why somebody can: with neither, nobody could.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Because {
    /// By this permission.
    pub permission: Option<PermissionId>,
    /// On this dispatch.
    pub dispatch: Option<DispatchId>,
    /// The glass was broken.
    pub break_glass: Option<BreakGlassId>,
}

impl From<terskel_model::permission::Because> for Because {
    fn from(because: terskel_model::permission::Because) -> Self {
        Self { permission: because.permission, dispatch: because.dispatch, break_glass: because.break_glass }
    }
}

/// Somebody whom a permission names cannot open a door now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoAccessNow {
    /// Who.
    pub worker: WorkerId,
    /// Their name.
    pub worker_name: String,
    /// Which door.
    pub door: DoorId,
    /// Its name.
    pub door_name: String,
    /// Why.
    pub because: Denial,
}

/// A digital key that is out: on a phone, good, and not taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyOut {
    /// The key.
    pub key: KeyId,
    /// Who has it.
    pub worker: WorkerId,
    /// Their name.
    pub worker_name: String,
    /// On which phone.
    pub phone: PhoneId,
    /// Which door it opens.
    pub door: DoorId,
    /// Its name.
    pub door_name: String,
    /// Not from then on.
    pub until: DateTime<Utc>,
    /// Why it was issued.
    pub because: Because,
}
