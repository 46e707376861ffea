//! `GET /.well-known/terskel/log-key`, for anybody: the public key that checkpoints are checked with.

use axum::extract::State;
use axum::response::Response;
use terskel_api::path;

use super::checkpoint::text;
use crate::app::Shared;

/// The key as a verifier key of signed notes: name, key id and key.
#[utoipa::path(
    get, path = path::LOG_KEY, tag = "log",
    responses((status = 200, body = String, content_type = "text/plain")),
)]
pub(crate) async fn key(State(app): State<Shared>) -> Response {
    text(format!("{}\n", app.log_key.public()))
}
