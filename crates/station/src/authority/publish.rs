//! `GET /.well-known/terskel/keys`: what digital keys and badges are checked with.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Json as Answer;
use terskel_api::authority::KeySet;
use terskel_api::path;

use super::Schedule;
use crate::app::Shared;
use crate::problem::Failure;

/// Far shorter than a key is published before it signs, and long enough that a crowd of hubs does not matter.
const CACHE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
const KIND: (HeaderName, HeaderValue) =
    (header::CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));

/// The station's public keys: a JWK Set (RFC 7517) of Ed25519 keys (RFC 8037).
#[utoipa::path(
    get, path = path::AUTHORITY_KEYS, tag = "keys",
    responses((status = 200, body = KeySet, content_type = "application/jwk-set+json")),
)]
pub(crate) async fn publish(
    State(app): State<Shared>,
) -> Result<([(HeaderName, HeaderValue); 2], Answer<KeySet>), Failure> {
    let schedule = Schedule::load(&mut *app.reader().await?).await?;
    Ok(([CACHE, KIND], Answer(schedule.published(app.now()))))
}
