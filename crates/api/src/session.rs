//! Signing in and out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::capability::Capabilities;
use terskel_model::phone_policy::PhonePolicy;
use terskel_model::{PhoneId, SessionId, TeamId, WorkerId};

use crate::authority::KeySet;
use crate::{Bytes, Secret};

/// The SSE event name under which a phone on shift is told its team's `PhonePolicy`, when that has changed.
pub const STREAM_POLICY: &str = "policy";

/// A worker signs in on an enrolled phone, during a shift.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The number on the staff card.
    pub staff_number: String,
    /// The worker's PIN.
    pub pin: Secret,
    /// Which phone.
    pub phone: PhoneId,
    /// When, as the phone knows it. Further than 5 minutes from the station's time the answer is `clock_off` and tells that
    /// time: the phone says it again with that one. It is a freshness check, not a time source.
    pub at: DateTime<Utc>,
    /// Random, 16 bytes, used once.
    pub nonce: Bytes,
    /// ES256 by the phone's signing key over `keys::sign_in::message`, 64 bytes.
    pub proof: Bytes,
    /// What the phone can do. A phone from before there was a word for it tells nothing; a station from then refuses the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
}

/// The worker is signed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// For `Authorization: DPoP`, each time with a proof by the phone's signing key (RFC 9449).
    pub token: Secret,
    /// For how long, in seconds.
    pub token_lasts_s: u32,
    /// Gives the next token, until `ends_at`: [`Refreshed`].
    pub refresh_token: Secret,
    /// Who.
    pub worker: WorkerId,
    /// The worker's name.
    pub worker_name: String,
    /// The team on shift.
    pub team: TeamId,
    /// Its name.
    pub team_name: String,
    /// Leads the team of the shift, and may do on this phone what a lead may.
    #[serde(default)]
    pub leads: bool,
    /// When the shift, and with it the session, ends.
    pub ends_at: DateTime<Utc>,
    /// The worker's badge for hubs: CWT in COSE_Sign1, until `ends_at` (`keys::badge`).
    pub badge: Bytes,
    /// The station's key authority as it is now; it replaces what the phone knew.
    pub authority: KeySet,
    /// The station's clock when it answered.
    pub station_time: DateTime<Utc>,
    /// What the team has decided about its phones. A station from before tells none.
    #[serde(default)]
    pub policy: PhonePolicy,
    /// What the station can do. A station from before tells nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
}

/// The next token of a phone's session, and what gives the one after it. The old token is good to its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refreshed {
    /// As in [`SignedIn`].
    pub token: Secret,
    /// For how long, in seconds.
    pub token_lasts_s: u32,
    /// Takes the place of the one that was used.
    pub refresh_token: Secret,
}

/// A team lead signs in to read, without a phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LeadSignIn {
    /// The number on the staff card.
    pub staff_number: String,
    /// The lead's PIN.
    pub pin: Secret,
}

/// The lead is signed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeadSignedIn {
    /// For `Authorization: Bearer`, until `ends_at`.
    pub token: Secret,
    /// Eight hours on.
    pub ends_at: DateTime<Utc>,
}
