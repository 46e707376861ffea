//! Errors as RFC 9457 problem details (`application/problem+json`).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What went wrong. `code` is for programs, `detail` for the engineer who reads it; never personal data or secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemDetails {
    /// `urn:terskel:problem:` and the code (RFC 9457 §3.1.1).
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Which problem, stable: see [`code`].
    pub code: String,
    /// What exactly, this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The field of the request that it is about, as a path: `resident.doors[1].name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// When to try again, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// With [`code::ALREADY_ACCEPTED`]: the name of the worker who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<String>,
    /// With [`code::CLOCK_OFF`]: the station's clock, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station_time: Option<DateTime<Utc>>,
}

/// Stable problem codes.
pub mod code {
    /// The body is not JSON, or a field is missing, malformed, too long or unknown: `field` names it.
    pub const INVALID: &str = "invalid";
    /// The body is larger than this endpoint takes.
    pub const TOO_LARGE: &str = "too_large";
    /// No credential, or one that is unknown, expired or withdrawn: a phone uses its refresh token; anybody else, and a
    /// phone that was refused that too, signs in again.
    pub const UNAUTHENTICATED: &str = "unauthenticated";
    /// The request's proof (RFC 9449) is missing, was used before, or is not for this request, token and phone.
    pub const INVALID_PROOF: &str = "invalid_dpop_proof";
    /// The request's proof needs the nonce that this answer carries: make a new one with it.
    pub const USE_NONCE: &str = "use_dpop_nonce";
    /// The credential is good and its holder may not do this.
    pub const FORBIDDEN: &str = "forbidden";
    /// No such object, or not for this caller: the two are not told apart.
    pub const NOT_FOUND: &str = "not_found";
    /// This phone is not enrolled, or its enrolment was withdrawn.
    pub const PHONE_UNKNOWN: &str = "phone_unknown";
    /// The one-time code is wrong, used or too old.
    pub const CODE_INVALID: &str = "code_invalid";
    /// Staff number or PIN is wrong.
    pub const WRONG_PIN: &str = "wrong_pin";
    /// Too many wrong PINs: locked for `retry_after_s`.
    pub const LOCKED_OUT: &str = "locked_out";
    /// The worker has no shift now.
    pub const NOT_ON_SHIFT: &str = "not_on_shift";
    /// Somebody else accepted first: `accepted_by`.
    pub const ALREADY_ACCEPTED: &str = "already_accepted";
    /// The dispatch is over.
    pub const CLOSED: &str = "closed";
    /// The state of the object does not allow it.
    pub const CONFLICT: &str = "conflict";
    /// The signature or the proof in the request does not verify.
    pub const BAD_PROOF: &str = "bad_proof";
    /// The time in a proof is too far from the station's, which is in `station_time`: say it again with that one.
    pub const CLOCK_OFF: &str = "clock_off";
    /// Too many requests: wait `retry_after_s`.
    pub const SLOW_DOWN: &str = "slow_down";
    /// The station failed; nothing was stored.
    pub const INTERNAL: &str = "internal";
}
