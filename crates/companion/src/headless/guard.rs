//! A web page from elsewhere must not use the door through the worker's browser: neither by naming this address
//! (cross-site requests) nor by a name of its own that points here (DNS rebinding).

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The authorities under which this server answers.
#[derive(Clone)]
pub(super) struct Own(Vec<String>);

impl Own {
    pub(super) fn at(address: SocketAddr) -> Self {
        let port = address.port();
        Self(vec![address.to_string(), format!("127.0.0.1:{port}"), format!("localhost:{port}")])
    }

    fn allows(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
        let host = text(header::HOST).is_some_and(|host| self.0.iter().any(|own| own == host));
        let origin = text(header::ORIGIN)
            .is_none_or(|o| o.strip_prefix("http://").is_some_and(|o| self.0.iter().any(|own| own == o)));
        host && origin
    }
}

pub(super) async fn guard(State(own): State<Own>, request: Request, next: Next) -> Response {
    if own.allows(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "only for pages of this very server").into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        Own::at("127.0.0.1:4100".parse().unwrap()).allows(&headers)
    }

    #[test]
    fn only_pages_of_this_server_may_use_it() {
        assert!(allowed("127.0.0.1:4100", None));
        assert!(allowed("localhost:4100", Some("http://localhost:4100")));
        assert!(!allowed("rebound.example:4100", None));
        assert!(!allowed("127.0.0.1:4100", Some("https://elsewhere.example")));
        assert!(!allowed("127.0.0.1:4100", Some("http://127.0.0.1:4101")));
        assert!(!allowed("127.0.0.1:4100", Some("null")));
    }
}
