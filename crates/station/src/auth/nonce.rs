//! The nonces that phones' proofs must carry (RFC 9449 §8): they tell how old a proof is by the station's clock, so that a
//! phone's wall clock may be wrong by any amount, and nobody can make proofs in store. Nothing is kept of them: a nonce is
//! the MAC of a span of time, the same on all nodes.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use terskel_api::path;
use terskel_model::Timestamp;

use super::proof::DPOP;
use crate::app::Shared;

/// A new nonce begins this often; the one before is still good.
const SPAN: Duration = Duration::from_secs(5 * 60);
/// No nonce, and with it no proof, is taken for longer than this, another node's clock included.
pub(super) const LONGEST: Duration = Duration::from_secs(3 * SPAN.as_secs());

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What nonces are made with.
pub(crate) struct Nonces(pub(super) hmac::Key);

impl Nonces {
    /// The nonce to give out now.
    pub(crate) fn now(&self, now: Timestamp) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, &span(now).to_be_bytes()))
    }

    /// Whether a nonce is of now, of the span before, or from a node whose clock is ahead.
    pub(super) fn is_fresh(&self, nonce: &str, now: Timestamp) -> bool {
        let Ok(nonce) = URL_SAFE_NO_PAD.decode(nonce) else { return false };
        let now = span(now);
        (now - 1..=now + 1).any(|span| hmac::verify(&self.0, &span.to_be_bytes(), &nonce).is_ok())
    }
}

fn span(at: Timestamp) -> i64 {
    at.timestamp().div_euclid(SPAN.as_secs().cast_signed())
}

/// Gives the newest nonce to a phone: with the answer to each request that had a proof (§8.2), with each refusal that asks
/// for one, and with the sign-in, before its first proof.
pub(crate) async fn offer_nonce(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let of_phone = request.headers().contains_key(DPOP) || request.uri().path() == path::SESSION;
    let mut response = next.run(request).await;
    if of_phone || response.status() == StatusCode::UNAUTHORIZED {
        let nonce = HeaderValue::try_from(app.sessions.nonces.now(app.now()));
        response.headers_mut().extend(nonce.ok().map(|nonce| (DPOP_NONCE, nonce)));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::secrets::SessionSecrets;

    #[test]
    fn a_nonce_is_good_for_five_to_fifteen_minutes_at_its_own_station() {
        let nonces = SessionSecrets::derive(&[1; 32]).unwrap().nonces;
        let start = Timestamp::from_timestamp(1_768_516_200, 0).unwrap();
        let nonce = nonces.now(start);
        let good = |minutes: i64| nonces.is_fresh(&nonce, start + chrono::TimeDelta::minutes(minutes));
        assert!([-1, 0, 5].into_iter().all(good));
        assert!(![-15, 15, 24 * 60].into_iter().any(good));
        assert!(!SessionSecrets::derive(&[2; 32]).unwrap().nonces.is_fresh(&nonce, start));
        assert!(!nonces.is_fresh("", start) && !nonces.is_fresh(&nonce[1..], start));
    }
}
