//! What the user interface asks for once, apart from the stream of views.

use serde::{Deserialize, Serialize};
use terskel_model::{DispatchId, Timestamp};

use super::TeamHome;

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "question", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Question {
    /// The visits of this shift that were accepted on this phone, newest first.
    VisitsToday,
    /// The homes of the team that the worker leads.
    TeamHomes,
}

/// Its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "answer", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Answer {
    /// To [`Question::VisitsToday`].
    VisitsToday {
        /// The visits.
        visits: Vec<VisitSummary>,
    },
    /// To [`Question::TeamHomes`].
    TeamHomes {
        /// By address.
        homes: Vec<TeamHome>,
    },
}

/// One visit in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VisitSummary {
    /// The visit.
    pub id: DispatchId,
    /// Who it was to; absent 60 minutes after accepting, once the visit is over.
    pub resident_name: Option<String>,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Check-in at the hub.
    pub arrived_at: Option<Timestamp>,
    /// Check-out at the hub.
    pub left_at: Option<Timestamp>,
    /// When the worker ended it.
    pub closed_at: Option<Timestamp>,
    /// How many events of it still wait to be sent.
    pub unsent: u32,
}
