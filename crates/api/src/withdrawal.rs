//! Keys that are taken away before their time: what the phone is told, and what the lead sees of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::permission::WorkerRole;
use terskel_model::withdrawal::WithdrawalReason;
use terskel_model::{KeyId, PhoneId, ShiftId, WithdrawalId, WorkerId};

use crate::permission::GivenPermission;

/// The SSE event name under which [`Withdrawal`] comes: at once, and again whenever the stream is opened, until the phone
/// has confirmed it by a signed event `keys_wiped`.
pub const STREAM_WITHDRAWAL: &str = "withdrawal";
/// The SSE event name under which, without content, a phone is told that it may have keys for more doors than before.
pub const STREAM_KEYS: &str = "keys";

/// An order to a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withdrawal {
    /// The order.
    pub id: WithdrawalId,
    /// Why.
    pub reason: WithdrawalReason,
    /// Its session is over: all keys, and everything of residents, are to be wiped.
    pub everything: bool,
    /// These keys are to be wiped.
    pub keys: Vec<KeyId>,
}

/// An order as the lead sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneWithdrawal {
    /// The order.
    pub id: WithdrawalId,
    /// Why.
    pub reason: WithdrawalReason,
    /// To which phone.
    pub phone: PhoneId,
    /// What people call it.
    pub phone_name: String,
    /// Whose keys.
    pub worker: WorkerId,
    /// Their name.
    pub worker_name: String,
    /// When.
    pub ordered_at: DateTime<Utc>,
    /// How many keys that had not ended.
    pub keys: u32,
    /// The last of them ends by itself: as long as nothing is confirmed, the phone may be offline, and its keys open doors
    /// until then. Absent where there were none.
    pub keys_until: Option<DateTime<Utc>>,
    /// Whether the phone will ever confirm. Where its app is too old for that, the lead can count on nothing but the keys' end.
    // A station from before says nothing of it, and has no such phones.
    #[serde(default = "as_ever")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub confirmable: bool,
    /// When the phone confirmed that it had wiped them.
    pub confirmed_at: Option<DateTime<Utc>>,
}

fn as_ever() -> bool {
    true
}

/// Orders to phones, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withdrawals {
    /// The orders.
    pub phones: Vec<PhoneWithdrawal>,
}

/// A permission was taken away.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TakenAway {
    /// The permission.
    pub permission: GivenPermission,
    /// The phones that had keys by it.
    pub phones: Vec<PhoneWithdrawal>,
}

/// The shifts of a team that are not over, by their beginning.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamShifts {
    /// The shifts.
    pub shifts: Vec<TeamShift>,
}

/// A shift as the lead sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamShift {
    /// The shift.
    pub id: ShiftId,
    /// Whose.
    pub worker: WorkerId,
    /// Their name.
    pub worker_name: String,
    /// As what.
    pub role: WorkerRole,
    /// From.
    pub starts_at: DateTime<Utc>,
    /// Until.
    pub ends_at: DateTime<Utc>,
    /// The phones they are signed in on.
    pub phones: Vec<SignedInPhone>,
}

/// A phone that a worker is signed in on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedInPhone {
    /// The phone.
    pub id: PhoneId,
    /// What people call it.
    pub name: String,
}
