//! The locks of a team, for its lead: how they are, what they guarantee, and what nobody has told of.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::LockId;
use terskel_model::digital_key::KeyWanting;
use terskel_model::door::LockFamily;
use terskel_model::lock_report::{LockReport, LockWarning};

/// The locks on the ways to a team's residents.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LockList {
    /// The locks, by the names of their doors.
    pub locks: Vec<LockStatus>,
    /// Openings in the locks' own logs that stand in no phone's events.
    pub unexplained: Vec<UnexplainedOpening>,
}

/// One lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LockStatus {
    /// The lock.
    pub id: LockId,
    /// Which protocol.
    pub family: LockFamily,
    /// The id that the lock itself tells.
    pub device_id: String,
    /// The doors it is in.
    pub doors: Vec<String>,
    /// What it can enforce and prove; absent for a family that this station does not know.
    pub guarantees: Option<Guarantees>,
    /// What phones have told of it last, without its log.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub report: Option<LockReport>,
    /// When that was, by the phone's clock.
    pub reported_at: Option<DateTime<Utc>>,
    /// What somebody must see to, the most urgent first.
    pub warnings: Vec<LockWarning>,
    /// The certificate it showed when it was first met, where nobody else vouches for it.
    pub certificate: Option<CertificatePin>,
    /// The vendor's token that keys for it are made of; absent where its secret is its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<FetchedToken>,
}

/// A token of the lock's vendor: without one that is good the station issues no key for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FetchedToken {
    /// When it was fetched, UTC; absent: there was none yet.
    pub fetched_at: Option<DateTime<Utc>>,
    /// Until when it is good, UTC; absent: without end, or there is none.
    pub good_until: Option<DateTime<Utc>>,
    /// The lock has refused it, as a phone told then; another one has not been had since.
    pub refused_at: Option<DateTime<Utc>>,
    /// Why the vendor's key service gives no newer one now.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub failure: Option<KeyWanting>,
    /// Since when, UTC, as far as this station remembers.
    pub failing_since: Option<DateTime<Utc>>,
}

/// What the locks of a family can enforce and prove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guarantees {
    /// Who sees to it that a digital key opens only in its time: `phone`; `phone_then_token`: the lock too, but only at
    /// the end of its vendor's longer-lived token; `phone_or_entry`: the lock too, where an entry with the key's own
    /// window has been written into it.
    pub window: String,
    /// The lock proves who it is before the phone commands it.
    pub lock_authenticated: bool,
    /// The lock tells whether its bolt is thrown.
    pub state_reported: bool,
    /// The lock keeps a log that a phone can bring home.
    pub log_readable: bool,
    /// The lock has a clock that a phone can set.
    pub clock_set: bool,
}

/// A certificate that a lock showed when it was first met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificatePin {
    /// SHA-256 of its public key, in hex.
    pub fingerprint: String,
    /// When it was told, UTC.
    pub first_seen_at: DateTime<Utc>,
    /// Another one that a phone has met since: somebody may stand between, or the lock was exchanged.
    pub other: Option<String>,
}

/// The lock's log has an opening with the station's key, and no phone has told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnexplainedOpening {
    /// The lock.
    pub lock: LockId,
    /// The doors it is in.
    pub doors: Vec<String>,
    /// When, by the lock's clock put right; absent: the lock did not know the time.
    pub at: Option<DateTime<Utc>>,
    /// Who, as the lock was told.
    pub by: String,
    /// When the station got the log, UTC.
    pub stored_at: DateTime<Utc>,
}
