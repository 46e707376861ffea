//! Everything that goes wrong leaves the station as `application/problem+json` (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use terskel_api::problem::{ProblemDetails, code};

/// Why a request, or an event, did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The caller is told this.
    #[error("{}", .0.code)]
    Problem(Box<ProblemDetails>),
    /// The database failed; the caller may try again.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The station itself is at fault.
    #[error("{0}")]
    Internal(&'static str),
}

impl Failure {
    /// What failed, without the database's own text: that can repeat a row's values.
    pub(crate) fn for_log(&self) -> String {
        match self {
            Self::Problem(problem) => problem.code.clone(),
            Self::Database(error) => database_kind(error),
            Self::Internal(what) => (*what).to_owned(),
        }
    }
}

impl From<ProblemDetails> for Failure {
    fn from(problem: ProblemDetails) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// A problem with the status and the words that belong to its code.
pub(crate) fn problem(code: &str) -> ProblemDetails {
    let (status, title) = words(code);
    ProblemDetails {
        kind: format!("urn:terskel:problem:{code}"),
        title: title.to_owned(),
        status: status.as_u16(),
        code: code.to_owned(),
        detail: None,
        field: None,
        retry_after_s: None,
        accepted_by: None,
        station_time: None,
    }
}

/// [`problem`] as the error of a `Result`.
pub(crate) fn refuse<T>(code: &str) -> Result<T, Failure> {
    Err(problem(code).into())
}

/// A field of the request is wrong.
pub(crate) fn invalid(field: &str, detail: impl Into<String>) -> Failure {
    ProblemDetails { field: Some(field.to_owned()), detail: Some(detail.into()), ..problem(code::INVALID) }
        .into()
}

/// The state of something does not allow the request.
pub(crate) fn conflict(field: &str, detail: &str) -> Failure {
    ProblemDetails {
        field: Some(field.to_owned()),
        detail: Some(detail.to_owned()),
        ..problem(code::CONFLICT)
    }
    .into()
}

fn words(code: &str) -> (StatusCode, &'static str) {
    match code {
        code::INVALID => (StatusCode::UNPROCESSABLE_ENTITY, "The request is not valid"),
        code::TOO_LARGE => (StatusCode::PAYLOAD_TOO_LARGE, "The request is too large"),
        code::UNAUTHENTICATED => (StatusCode::UNAUTHORIZED, "Sign in first"),
        code::INVALID_PROOF => (StatusCode::UNAUTHORIZED, "The proof of the request does not verify"),
        code::USE_NONCE => (StatusCode::UNAUTHORIZED, "The proof of the request needs this nonce"),
        code::FORBIDDEN => (StatusCode::FORBIDDEN, "Not allowed"),
        code::NOT_FOUND => (StatusCode::NOT_FOUND, "Not found"),
        code::PHONE_UNKNOWN => (StatusCode::FORBIDDEN, "The phone is not enrolled"),
        code::CODE_INVALID => (StatusCode::FORBIDDEN, "The code is wrong, used or too old"),
        code::WRONG_PIN => (StatusCode::FORBIDDEN, "Staff number or PIN is wrong"),
        code::LOCKED_OUT => (StatusCode::TOO_MANY_REQUESTS, "Locked after too many wrong PINs"),
        code::NOT_ON_SHIFT => (StatusCode::FORBIDDEN, "Not on shift"),
        code::ALREADY_ACCEPTED => (StatusCode::CONFLICT, "Somebody else accepted first"),
        code::CLOSED => (StatusCode::CONFLICT, "The dispatch is over"),
        code::CONFLICT => (StatusCode::CONFLICT, "The state does not allow it"),
        code::BAD_PROOF => (StatusCode::FORBIDDEN, "The proof does not verify"),
        code::CLOCK_OFF => (StatusCode::FORBIDDEN, "The time of the proof is too far from the station's"),
        code::SLOW_DOWN => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "The station failed"),
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if !matches!(self, Self::Problem(_)) {
            tracing::error!(error = self.for_log(), "a request failed");
        }
        let problem = match self {
            Self::Problem(problem) => *problem,
            Self::Database(_) => ProblemDetails {
                status: StatusCode::SERVICE_UNAVAILABLE.as_u16(),
                retry_after_s: Some(2),
                ..problem(code::INTERNAL)
            },
            Self::Internal(_) => problem(code::INTERNAL),
        };
        respond(&problem)
    }
}

fn respond(problem: &ProblemDetails) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::UNAUTHORIZED {
        for challenge in challenges(&problem.code) {
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
    }
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What a credential should look like here (RFC 9449 §7.1 and §9, RFC 6750 §3).
fn challenges(code: &str) -> &'static [&'static str] {
    match code {
        code::INVALID_PROOF => &[r#"DPoP error="invalid_dpop_proof", algs="ES256""#],
        code::USE_NONCE => &[r#"DPoP error="use_dpop_nonce", algs="ES256""#],
        _ => &[r#"DPoP error="invalid_token", algs="ES256""#, "Bearer"],
    }
}

fn database_kind(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(e) => format!("code {}", e.code().unwrap_or_default()),
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index}"),
        sqlx::Error::ColumnNotFound(name) => format!("no column {name}"),
        sqlx::Error::PoolTimedOut => "no connection in time".into(),
        sqlx::Error::PoolClosed => "closed".into(),
        sqlx::Error::Io(e) => format!("io: {}", e.kind()),
        sqlx::Error::RowNotFound => "row not found".into(),
        _ => "other".into(),
    }
}

/// Axum's answer to a path that is not there.
pub(crate) async fn no_such_path() -> Failure {
    problem(code::NOT_FOUND).into()
}

/// Axum's answer to a method that a path does not take.
pub(crate) async fn no_such_method() -> Failure {
    ProblemDetails {
        status: StatusCode::METHOD_NOT_ALLOWED.as_u16(),
        detail: Some("this path does not take that method".into()),
        ..problem(code::NOT_FOUND)
    }
    .into()
}
