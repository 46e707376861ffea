//! What the station, or the way to it, could not do.

use terskel_api::problem::{ProblemDetails, code};

use crate::interface::Problem;

/// Why a call did not go through.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StationError {
    /// No connection, or no answer in time. The call may have been carried out.
    #[error("no answer")]
    NoNetwork,
    /// An answer that is not the station's own, or its own failure. Trying again may help.
    #[error("failed with status {0}")]
    Failed(u16),
    /// It was carried out, and the phone could not keep what came of it.
    #[error("the answer was not kept")]
    NotKept,
    /// The station's own word.
    #[error("{0}", .problem.code)]
    Problem {
        /// What it said.
        problem: Box<ProblemDetails>,
    },
}

impl StationError {
    /// The phone's own knowledge that the station would say so.
    pub(crate) fn unauthenticated() -> Self {
        let problem = ProblemDetails {
            kind: format!("urn:terskel:problem:{}", code::UNAUTHENTICATED),
            title: "unauthenticated".into(),
            status: 401,
            code: code::UNAUTHENTICATED.into(),
            detail: None,
            field: None,
            retry_after_s: None,
            accepted_by: None,
            station_time: None,
        };
        Self::Problem { problem: Box::new(problem) }
    }

    /// Neither token nor refresh token is of any more use: the worker must sign in again.
    pub(crate) fn ends_session(&self) -> bool {
        matches!(self.code(), Some(code::UNAUTHENTICATED | code::PHONE_UNKNOWN))
    }

    /// The station's code, where it spoke.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Problem { problem } => Some(&problem.code),
            Self::NoNetwork | Self::Failed(_) | Self::NotKept => None,
        }
    }
}

impl From<StationError> for Problem {
    fn from(error: StationError) -> Self {
        let problem = match error {
            StationError::NoNetwork => return Self::NoNetwork,
            StationError::Failed(_) => return Self::StationFailed,
            StationError::NotKept => return Self::StoreFailed,
            StationError::Problem { problem } => problem,
        };
        match problem.code.as_str() {
            code::INVALID => Self::Invalid { field: our_field(problem.field.as_deref().unwrap_or_default()) },
            code::UNAUTHENTICATED => Self::SignedOut,
            code::NOT_FOUND => Self::NotFound,
            code::PHONE_UNKNOWN => Self::PhoneUnknown,
            code::CODE_INVALID => Self::CodeInvalid,
            code::WRONG_PIN => Self::WrongPin,
            code::LOCKED_OUT => Self::LockedOut {
                seconds: u32::try_from(problem.retry_after_s.unwrap_or(60)).unwrap_or(u32::MAX),
            },
            code::NOT_ON_SHIFT => Self::NotOnShift,
            code::ALREADY_ACCEPTED => Self::AlreadyAccepted { by: problem.accepted_by },
            code::CLOSED => Self::DispatchClosed,
            code::SLOW_DOWN | code::INTERNAL => Self::StationFailed,
            // What only station and phone have to do with each other, and must not fail for long.
            code::INVALID_PROOF | code::USE_NONCE => Self::StationFailed,
            // forbidden, conflict, bad_proof, too_large, and what a newer station may say.
            _ => Self::Refused { code: problem.code },
        }
    }
}

/// The station's name of a field as the intent calls it.
fn our_field(field: &str) -> String {
    match field {
        "name" => "phoneName",
        "staff_number" => "staffNumber",
        "resident_number" => "residentNumber",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str) -> StationError {
        let problem = ProblemDetails {
            kind: String::new(),
            title: String::new(),
            status: 400,
            code: code.into(),
            detail: None,
            field: Some("staff_number".into()),
            retry_after_s: Some(120),
            accepted_by: Some("Bo".into()),
            station_time: None,
        };
        StationError::Problem { problem: Box::new(problem) }
    }

    #[test]
    fn every_code_of_the_contract_becomes_a_problem_that_can_be_worded() {
        for (code, problem) in [
            (code::INVALID, Problem::Invalid { field: "staffNumber".into() }),
            (code::TOO_LARGE, Problem::Refused { code: "too_large".into() }),
            (code::UNAUTHENTICATED, Problem::SignedOut),
            (code::FORBIDDEN, Problem::Refused { code: "forbidden".into() }),
            (code::NOT_FOUND, Problem::NotFound),
            (code::PHONE_UNKNOWN, Problem::PhoneUnknown),
            (code::CODE_INVALID, Problem::CodeInvalid),
            (code::WRONG_PIN, Problem::WrongPin),
            (code::LOCKED_OUT, Problem::LockedOut { seconds: 120 }),
            (code::NOT_ON_SHIFT, Problem::NotOnShift),
            (code::ALREADY_ACCEPTED, Problem::AlreadyAccepted { by: Some("Bo".into()) }),
            (code::CLOSED, Problem::DispatchClosed),
            (code::CONFLICT, Problem::Refused { code: "conflict".into() }),
            (code::BAD_PROOF, Problem::Refused { code: "bad_proof".into() }),
            (code::SLOW_DOWN, Problem::StationFailed),
            (code::INVALID_PROOF, Problem::StationFailed),
            (code::USE_NONCE, Problem::StationFailed),
            (code::INTERNAL, Problem::StationFailed),
            ("from_a_newer_station", Problem::Refused { code: "from_a_newer_station".into() }),
        ] {
            assert_eq!(Problem::from(said(code)), problem, "{code}");
        }
    }

    #[test]
    fn only_a_refused_token_ends_the_session_not_a_wrong_pin() {
        assert!(said(code::UNAUTHENTICATED).ends_session());
        assert!(!said(code::WRONG_PIN).ends_session());
        assert!(!StationError::Failed(502).ends_session());
    }
}
