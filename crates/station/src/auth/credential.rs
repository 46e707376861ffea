//! The `Authorization` header. Phones show their token with a proof (RFC 9449 §7.1), all others as a bearer.

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

/// What a request shows.
pub(super) enum Credential<'a> {
    /// A session's token, of a phone.
    Dpop(&'a str),
    /// A lead's session without a phone, or an API token.
    Bearer(&'a str),
}

/// The credential, where there is one and one only.
pub(super) fn credential(parts: &Parts) -> Option<Credential<'_>> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let (header, None) = (headers.next()?, headers.next()) else { return None };
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    match scheme {
        dpop if dpop.eq_ignore_ascii_case("dpop") => Some(Credential::Dpop(token)),
        bearer if bearer.eq_ignore_ascii_case("bearer") => Some(Credential::Bearer(token)),
        _ => None,
    }
}
