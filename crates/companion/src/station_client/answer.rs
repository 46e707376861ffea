//! Reading answers, and telling the station's own from whatever stands in the way.

use std::time::Duration;

use reqwest::{Response, StatusCode, header};
use serde::de::DeserializeOwned;
use terskel_api::problem::ProblemDetails;

use super::StationError;

/// How long the whole of an answer may take.
pub(super) const WHOLE: Duration = Duration::from_secs(10);

pub(super) async fn json<T: DeserializeOwned>(response: Response) -> Result<T, StationError> {
    let status = response.status().as_u16();
    let bytes = response.bytes().await.map_err(|e| lost(&e))?;
    serde_json::from_slice(&bytes).map_err(|_| StationError::Failed(status))
}

/// A page that a hotel's network puts in the way is a good answer too, but not without content.
pub(super) fn nothing(response: &Response) -> Result<(), StationError> {
    match response.status() {
        StatusCode::NO_CONTENT => Ok(()),
        other => Err(StationError::Failed(other.as_u16())),
    }
}

/// The answer if it is a stream of events: any other is not the station's.
pub(super) fn events(response: Response) -> Result<Response, StationError> {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
        Ok(response)
    } else {
        Err(StationError::Failed(response.status().as_u16()))
    }
}

/// The answer if it is a good one, else what the station says is wrong.
pub(super) async fn check(response: Response) -> Result<Response, StationError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    // A refusal that broke off in the middle is none: it may have been about the proof, not about the session.
    let bytes = match tokio::time::timeout(WHOLE, response.bytes()).await {
        Ok(bytes) => bytes.map_err(|e| lost(&e))?,
        Err(_) => return Err(StationError::NoNetwork),
    };
    Err(match serde_json::from_slice::<ProblemDetails>(&bytes) {
        Ok(problem) => StationError::Problem { problem: Box::new(problem) },
        // From something in front of the station, whatever its number: the station has words for what it refuses.
        Err(_) => StationError::Failed(status.as_u16()),
    })
}

/// The error without its address, which may name people.
pub(super) fn lost(error: &reqwest::Error) -> StationError {
    tracing::debug!(timeout = error.is_timeout(), connect = error.is_connect(), "no answer from the station");
    StationError::NoNetwork
}
