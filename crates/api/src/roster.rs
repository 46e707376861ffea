//! The homes of the team on shift, page by page, and after that what has changed.

use serde::{Deserialize, Serialize};
use terskel_model::ResidentId;

use crate::key::KeyHome;

/// The SSE event name under which, without content, a phone is told that a home of its team has changed.
pub const STREAM_ROSTER: &str = "roster";

/// A part of the team's homes: those that have changed since the page before, in the order in which they did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RosterPage {
    /// Where the next page begins, now or after the next change: `?after=CURSOR`. Letters, digits, `-` and `.`; what is in it is
    /// the station's own matter.
    pub cursor: String,
    /// The pages before are of no use: another team's, or from a cursor that this station does not know. They go first.
    #[serde(default)]
    pub anew: bool,
    /// There is more to be had now.
    #[serde(default)]
    pub more: bool,
    /// How many homes the team has in all.
    #[serde(default)]
    pub total: u32,
    /// Homes that are new or have changed, with all their doors. Codes and metal keys come with an accepted dispatch alone.
    #[serde(default)]
    pub homes: Vec<KeyHome>,
    /// Whose homes are not the team's any more.
    #[serde(default)]
    pub removed: Vec<ResidentId>,
}
