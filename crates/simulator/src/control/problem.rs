//! Errors as problem details.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error of the control API.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    field: Option<String>,
}

impl Problem {
    pub(crate) fn invalid(field: &str, detail: impl Into<String>) -> Self {
        let field = Some(field.to_owned());
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, code: "invalid", detail: detail.into(), field }
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "invalid", detail: detail.into(), field: None }
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "not_found", detail: detail.into(), field: None }
    }

    pub(crate) fn not_allowed() -> Self {
        let detail = "this path does not take this method".to_owned();
        Self { status: StatusCode::METHOD_NOT_ALLOWED, code: "method_not_allowed", detail, field: None }
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::CONFLICT, code: "conflict", detail: detail.into(), field: None }
    }

    /// The machine has stopped: the bus is gone.
    pub(crate) fn stopped() -> Self {
        let detail = "the simulator is stopping".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "stopped", detail, field: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("urn:terskel:problem:{}", self.code),
            "title": self.code.replace('_', " "),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        if let Some(field) = self.field {
            body["field"] = field.into();
        }
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}
