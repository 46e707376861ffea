//! Why a session can't go on.

use terskel_model::door::DoorReason;

/// A reason for people and a detail for the log.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: DoorReason,
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn new(reason: DoorReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}
