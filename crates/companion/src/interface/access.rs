//! Who may get into a home, and the phones of the team, for a worker who leads it.

use serde::{Deserialize, Serialize};
use terskel_model::{PermissionId, PhoneId, ResidentId, Timestamp, WithdrawalId, WorkerId};

use super::Problem;

/// What a lead looks at: a home, or the phones. It is the station's answer of `read_at`, and is read again while it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AccessView {
    /// The home; absent until the station has answered.
    pub home: Option<HomeAccessView>,
    /// The phones that the team uses; absent until the station has answered.
    pub phones: Option<Vec<TeamPhoneView>>,
    /// What phones were told to wipe, the newest first.
    pub orders: Vec<OrderView>,
    /// When the station said so.
    pub read_at: Option<Timestamp>,
    /// Why it could not be read since then.
    pub problem: Option<Problem>,
}

/// Who can get into a home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct HomeAccessView {
    /// Whose.
    pub resident: ResidentId,
    /// Who can open which door at this moment, and why.
    pub now: Vec<AccessNowView>,
    /// Workers on a shift whom a permission names, and who cannot open a door now.
    pub not_now: Vec<NoAccessView>,
    /// What was permitted, the newest first.
    pub permissions: Vec<PermissionView>,
    /// Whom the lead can let in.
    pub people: Vec<PersonView>,
}

/// Somebody can open a door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AccessNowView {
    /// Who.
    pub worker: WorkerId,
    /// Their name.
    pub name: String,
    /// The door's name.
    pub door: String,
    /// Not from then on.
    pub until: Timestamp,
    /// By this permission.
    pub permission: Option<PermissionId>,
    /// On a dispatch.
    pub dispatched: bool,
    /// The glass was broken.
    pub emergency: bool,
}

/// Somebody cannot open a door now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct NoAccessView {
    /// Who.
    pub worker: WorkerId,
    /// Their name.
    pub name: String,
    /// The door's name.
    pub door: String,
    /// A `model::permission::Denial`.
    pub because: String,
}

/// A permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PermissionView {
    /// The permission.
    pub id: PermissionId,
    /// Who.
    pub who: WhoView,
    /// The name of worker, team or organisation.
    pub who_name: String,
    /// Which doors: `door`, `residence` or `team`.
    pub what: String,
    /// The name of door, resident or team.
    pub what_name: String,
    /// From when until when.
    pub term: TermView,
    /// Only in these hours; none: at all hours.
    pub windows: Vec<WindowView>,
    /// A `model::permission::Condition`.
    pub condition: String,
    /// Why.
    pub note: String,
    /// By whom.
    pub given_by: String,
    /// When it was given.
    pub given_at: Timestamp,
    /// The digital keys that are out by it.
    pub keys: Vec<KeyOutView>,
}

/// Who is let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WhoView {
    /// `worker`, `role`, `team` or `organisation`.
    pub kind: String,
    /// A `model::permission::WorkerRole`.
    pub role: Option<String>,
}

/// From when until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TermView {
    /// `once`, `period` or `permanent`.
    pub kind: String,
    /// From then on.
    pub from: Option<Timestamp>,
    /// Not from then on.
    pub until: Option<Timestamp>,
}

/// Hours of the week, by the clock in the home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WindowView {
    /// The days on which it begins: `Mon` to `Sun`.
    pub days: Vec<String>,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`.
    pub until: String,
}

/// A digital key that is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KeyOutView {
    /// Who has it.
    pub name: String,
    /// The door's name.
    pub door: String,
    /// Not from then on.
    pub until: Timestamp,
}

/// Somebody whom the lead can let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PersonView {
    /// Who.
    pub worker: WorkerId,
    /// Their name.
    pub name: String,
    /// On shift now, until then.
    pub on_shift_until: Option<Timestamp>,
}

/// A phone of the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TeamPhoneView {
    /// The phone.
    pub id: PhoneId,
    /// Its name.
    pub name: String,
    /// Who of the team was signed in on it last.
    pub worker_name: String,
    /// Since when.
    pub signed_in_at: Timestamp,
    /// Not any more since then; absent while they are.
    pub signed_out_at: Option<Timestamp>,
    /// It is barred since then.
    pub lost_at: Option<Timestamp>,
    /// It is the one in hand.
    pub own: bool,
}

/// What a phone was told to wipe, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    /// The order.
    pub id: WithdrawalId,
    /// A `model::withdrawal::WithdrawalReason`.
    pub reason: String,
    /// The phone's name.
    pub phone_name: String,
    /// Whose keys.
    pub worker_name: String,
    /// When.
    pub ordered_at: Timestamp,
    /// The last of the keys ends by itself: until then an unconfirmed phone may open doors. Absent where it had none.
    pub keys_until: Option<Timestamp>,
    /// Whether the phone will ever confirm; an app that is too old never does.
    pub confirmable: bool,
    /// The phone has wiped them.
    pub confirmed_at: Option<Timestamp>,
    /// It came of what the lead has done on this screen.
    pub own: bool,
}
