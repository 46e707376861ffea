//! What the user interface asks for once, apart from the stream of views.

use serde::{Deserialize, Serialize};
use terskel_model::{DispatchId, Timestamp};

use super::{FoundHome, TeamHome};

/// A question.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "question", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Question {
    /// The visits of this shift that were accepted on this phone, newest first.
    VisitsToday,
    /// The homes of the team on shift in whose name or address each word of the text stands, somewhere; without a word, all.
    FindHomes {
        /// As it was typed.
        text: String,
        /// `nb`, `sv` or `en`: whose alphabet the list is in the order of.
        language: String,
    },
    /// The homes of the team on shift, for the lead who installs locks there.
    TeamHomes,
}

/// Shows which question, never whom somebody looks for.
impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::VisitsToday => "VisitsToday",
            Self::FindHomes { .. } => "FindHomes",
            Self::TeamHomes => "TeamHomes",
        })
    }
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
    /// To [`Question::FindHomes`].
    Homes {
        /// Those where the first word begins a word come first; then by address. At most 50.
        homes: Vec<FoundHome>,
        /// How many there are.
        total: u32,
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
