//! `POST /authority`: tells the hubs the public keys of their station, as their maker's service would.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use terskel_keys::AuthorityKeys;

use super::Control;
use super::body::Body;
use super::problem::Problem;
use crate::simulator::authority_key;

/// In place of those that they knew. Visits go on.
pub(super) async fn set(State(control): State<Arc<Control>>, bytes: Bytes) -> Result<StatusCode, Problem> {
    let mut body = Body::parse(&bytes)?;
    let keys: Vec<String> = body.field("keys")?;
    body.finish()?;
    let keys: anyhow::Result<AuthorityKeys> = keys.iter().map(|key| authority_key(key)).collect();
    control.authority.learn(keys.map_err(|error| Problem::invalid("keys", error.to_string()))?);
    Ok(StatusCode::NO_CONTENT)
}
