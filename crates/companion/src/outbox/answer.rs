//! What a failed batch means: pure, so that every answer of a station can be tried.

use terskel_api::problem::code;

use crate::station_client::StationError;

/// What to do after a batch was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Wait, then send the same again.
    WaitAndRepeat,
    /// The station itself failed at this one event: others may fare better.
    StandAside,
    /// Stop until the worker has signed in again.
    SignIn,
    /// One of them is bad: send them one by one.
    OneByOne,
    /// This one event is refused for good.
    Refuse(String),
}

/// `size`: how many events the batch held.
pub(super) fn after(error: &StationError, size: usize) -> Next {
    if error.ends_session() {
        return Next::SignIn;
    }
    match error {
        // A proxy's limit says nothing of the one event, and the same batch would never pass it.
        StationError::Failed(413) if size > 1 => Next::OneByOne,
        // Also answers that did not come from the station: a portal, a proxy.
        StationError::NoNetwork | StationError::Failed(_) | StationError::NotKept => Next::WaitAndRepeat,
        StationError::Problem { problem } => match (problem.status, problem.code.as_str()) {
            (_, code::INTERNAL) if size > 1 => Next::OneByOne,
            (_, code::INTERNAL) => Next::StandAside,
            (_, code::SLOW_DOWN) | (408 | 429 | 500.., _) => Next::WaitAndRepeat,
            // About the request, not about what is in it.
            (_, code::INVALID_PROOF | code::USE_NONCE) => Next::WaitAndRepeat,
            // The session may not send now; that says nothing about the events.
            (_, code::FORBIDDEN | code::NOT_ON_SHIFT) => Next::SignIn,
            _ if size > 1 => Next::OneByOne,
            (_, code) => Next::Refuse(code.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_api::problem::ProblemDetails;

    fn said(status: u16, code: &str) -> StationError {
        let problem = ProblemDetails {
            kind: String::new(),
            title: String::new(),
            status,
            code: code.into(),
            detail: None,
            field: None,
            retry_after_s: None,
            accepted_by: None,
            station_time: None,
        };
        StationError::Problem { problem: Box::new(problem) }
    }

    #[test]
    fn nothing_is_dropped_for_a_refused_token_or_a_bad_line() {
        assert_eq!(after(&said(401, code::UNAUTHENTICATED), 1), Next::SignIn);
        assert_eq!(after(&said(403, code::FORBIDDEN), 1), Next::SignIn);
        assert_eq!(after(&StationError::NoNetwork, 1), Next::WaitAndRepeat);
        assert_eq!(after(&StationError::Failed(404), 1), Next::WaitAndRepeat);
        assert_eq!(after(&said(429, code::SLOW_DOWN), 1), Next::WaitAndRepeat);
        assert_eq!(after(&said(500, code::INTERNAL), 1), Next::StandAside);
        assert_eq!(after(&said(500, code::INTERNAL), 2), Next::OneByOne);
        assert_eq!(after(&said(503, "busy"), 2), Next::WaitAndRepeat);
        assert_eq!(after(&StationError::Failed(500), 2), Next::WaitAndRepeat);
        assert_eq!(after(&said(401, code::INVALID_PROOF), 1), Next::WaitAndRepeat);
        assert_eq!(after(&said(401, code::USE_NONCE), 7), Next::WaitAndRepeat);
    }

    #[test]
    fn a_batch_is_taken_apart_before_one_event_is_blamed() {
        assert_eq!(after(&said(413, code::TOO_LARGE), 7), Next::OneByOne);
        assert_eq!(after(&StationError::Failed(413), 7), Next::OneByOne);
        assert_eq!(after(&StationError::Failed(413), 1), Next::WaitAndRepeat);
        assert_eq!(after(&said(413, code::TOO_LARGE), 1), Next::Refuse("too_large".into()));
        assert_eq!(after(&said(400, code::INVALID), 1), Next::Refuse("invalid".into()));
    }
}
