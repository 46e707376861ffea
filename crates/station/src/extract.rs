//! Reading requests: JSON bodies whose errors name the field, ids in paths.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use terskel_api::problem::{ProblemDetails, code};

use crate::problem::{Failure, invalid, problem};

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let body = Bytes::from_request(request, state).await.map_err(|e| unreadable(&e))?;
        parse(&body).map(Self)
    }
}

fn unreadable(rejection: &BytesRejection) -> Failure {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        problem(code::TOO_LARGE).into()
    } else {
        not_json("the body could not be read")
    }
}

fn not_json(detail: &str) -> Failure {
    ProblemDetails {
        status: StatusCode::BAD_REQUEST.as_u16(),
        detail: Some(detail.to_owned()),
        ..problem(code::INVALID)
    }
    .into()
}

/// Parses `body`; an error names the field and never repeats a value, which may be a secret.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.inner();
        match inner.classify() {
            serde_json::error::Category::Data => name_field(&path, &inner.to_string()),
            _ => not_json("the body is not JSON"),
        }
    })?;
    json.end().map_err(|_| not_json("there is more after the JSON value"))?;
    Ok(value)
}

/// Serde says which field is missing or unknown only in words; the path ends above it.
fn name_field(path: &str, message: &str) -> Failure {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let path = if path == "." { "" } else { path };
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    };
    if message.starts_with("missing field") {
        invalid(&below(quoted), "is missing")
    } else if message.starts_with("unknown field") {
        invalid(&below(quoted), "is not known here")
    } else {
        invalid(path, "is not of the right form")
    }
}

/// An id in the path. One that is not a UUID names nothing.
pub(crate) struct PathId<T>(pub(crate) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let text =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| problem(code::NOT_FOUND))?;
        text.0.parse().map(Self).map_err(|_| problem(code::NOT_FOUND).into())
    }
}

/// The query: names and values. An error names the parameter.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// A parameter that may be left out.
    pub(crate) fn optional<T: FromStr>(&self, name: &str) -> Result<Option<T>, Failure> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => {
                value.parse().map(Some).map_err(|_| invalid(name, "is not of the right form"))
            }
            _ => Err(invalid(name, "is given twice")),
        }
    }

    /// A parameter that must be there.
    pub(crate) fn required<T: FromStr>(&self, name: &str) -> Result<T, Failure> {
        self.optional(name)?.ok_or_else(|| invalid(name, "is missing"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let pairs = Query::try_from_uri(&parts.uri).map_err(|_| invalid("", "the query does not read"))?;
        Ok(Self(pairs.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_api::admin::{NewResident, NewWorker};

    fn fault<T: DeserializeOwned>(body: &str) -> ProblemDetails {
        match parse::<T>(body.as_bytes()) {
            Err(Failure::Problem(problem)) => *problem,
            _ => panic!("must be refused"),
        }
    }

    #[test]
    fn a_missing_an_unknown_and_a_malformed_field_are_named_by_path() {
        let team = "018bcfe5-687f-7000-8000-000000000000";
        let resident = |doors: &str| {
            format!(
                r#"{{"number":"1","team":"{team}","first_name":"Kari","last_name":"N","address":"A","town":"T","doors":[{doors}]}}"#
            )
        };
        let field = |doors: &str| fault::<NewResident>(&resident(doors)).field.unwrap();
        assert_eq!(field(&format!(r#"{{"id":"{team}","kind":"flat"}}"#)), "doors[0].name");
        assert_eq!(field(r#"{"id":"nonsense","kind":"flat","name":"x"}"#), "doors[0].id");
        assert_eq!(
            field(&format!(r#"{{"id":"{team}","kind":"flat","name":"x","colour":1}}"#)),
            "doors[0].colour"
        );
        assert_eq!(fault::<NewWorker>("{}").field.unwrap(), "staff_number");
    }

    #[test]
    fn a_pin_of_the_wrong_type_is_not_repeated() {
        let fault = fault::<NewWorker>(r#"{"staff_number":"1","name":"Ada","pin":4711}"#);
        assert_eq!(fault.field.as_deref(), Some("pin"));
        assert!(!fault.detail.unwrap().contains("4711"));
    }

    #[test]
    fn what_is_not_json_is_a_bad_request() {
        assert_eq!(fault::<NewWorker>("{").status, 400);
        assert_eq!(fault::<NewWorker>(r#"{"staff_number":"1","name":"Ada","pin":"4711"} x"#).status, 400);
    }
}
