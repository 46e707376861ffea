//! The proof that comes with each request of a phone (RFC 9449 §4.3): made by this phone, for this request, with this
//! token, lately, and shown for the first time.

use axum::http::HeaderName;
use axum::http::request::Parts;
use ring::digest::{SHA256, digest};
use sqlx::AnyConnection;
use terskel_api::problem::{ProblemDetails, code};
use terskel_keys::KeyError;
use terskel_keys::dpop::{self, Proof, Request};
use terskel_model::PhoneId;

use super::nonce;
use crate::app::App;
use crate::db::{Write, ms};
use crate::problem::{Failure, problem, refuse};

pub(super) const DPOP: HeaderName = HeaderName::from_static("dpop");

/// Checks the proof of a request that was made with `token`.
pub(super) async fn check(
    app: &App,
    parts: &Parts,
    phone: PhoneId,
    key: &[u8; 65],
    token: &str,
) -> Result<(), Failure> {
    let proof = verify(app, parts, key, token)?;
    if !proof.nonce.is_some_and(|nonce| app.sessions.nonces.is_fresh(&nonce, app.now())) {
        return refuse(code::USE_NONCE);
    }
    app.write(&UseProof { phone, id: proof.id }).await
}

fn verify(app: &App, parts: &Parts, key: &[u8; 65], token: &str) -> Result<Proof, Failure> {
    let mut headers = parts.headers.get_all(DPOP).iter();
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return Err(invalid("there must be one DPoP header"));
    };
    let proof = header.to_str().map_err(|_| invalid("malformed"))?;
    let mut refused = KeyError::WrongRequest;
    for base in &app.public_urls {
        let url = format!("{base}{}", parts.uri.path());
        match dpop::verify(proof, key, &Request { method: parts.method.as_str(), url: &url, token }) {
            Ok(proof) => return Ok(proof),
            Err(error) => refused = error,
        }
    }
    if refused == KeyError::WrongRequest {
        tracing::info!("a phone's proof is for another address: does the station know its public URL?");
    }
    Err(invalid(&refused.to_string()))
}

fn invalid(detail: &str) -> Failure {
    ProblemDetails { detail: Some(detail.to_owned()), ..problem(code::INVALID_PROOF) }.into()
}

/// A proof counts once. One whose nonce is too old does not count anyway.
struct UseProof {
    phone: PhoneId,
    id: String,
}

impl Write for UseProof {
    type Output = ();

    async fn run(&self, app: &App, tx: &mut AnyConnection) -> Result<(), Failure> {
        let now = app.now();
        sqlx::query("DELETE FROM used_proofs WHERE used_ms < $1")
            .bind(ms(now - nonce::LONGEST))
            .execute(&mut *tx)
            .await?;
        let stored = sqlx::query(
            "INSERT INTO used_proofs (phone_id, id, used_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(self.phone.to_string())
        .bind(digest(&SHA256, self.id.as_bytes()).as_ref().to_vec())
        .bind(ms(now))
        .execute(tx)
        .await?;
        if stored.rows_affected() == 1 { Ok(()) } else { Err(invalid("used before")) }
    }
}
