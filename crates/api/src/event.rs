//! Audit events on their way up from a phone.

use serde::{Deserialize, Serialize};
use terskel_model::EventId;

use crate::Bytes;

/// Signed events in the order the phone recorded them; at most 100. Sending one twice is harmless.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EventBatch {
    /// COSE_Sign1 over `model::event::PhoneEvent` (`keys::event`).
    pub events: Vec<Bytes>,
}

/// One answer an event, in the same order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventReceipts {
    /// The answers.
    pub receipts: Vec<EventReceipt>,
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventReceipt {
    /// The event; absent when it could not be read at all.
    pub id: Option<EventId>,
    /// Absent: stored, now or before. Present: refused for good, with a code of `problem::code`.
    pub refused: Option<String>,
}
