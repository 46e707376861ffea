//! `POST /authority`: installs the hubs for a station, by the station's public key.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use terskel_keys::AuthorityKey;

use super::Control;
use super::body::Body;
use super::problem::Problem;
use crate::{devices, hex};

/// A hub that is installed anew forgets its visits, as the real one would with a new owner.
pub(super) async fn set(State(control): State<Arc<Control>>, bytes: Bytes) -> Result<StatusCode, Problem> {
    let mut body = Body::parse(&bytes)?;
    let key: String = body.field("key")?;
    body.finish()?;
    let key = hex::decode(&key).ok_or_else(|| Problem::invalid("key", "must be 64 hex digits"))?;
    let authority = AuthorityKey(*key);
    let hubs: Vec<_> = control
        .hubs
        .iter()
        .map(|hub| {
            let device = devices::build_hub(hub, Some(authority), Arc::clone(&control.entropy));
            (hub.id.0, device)
        })
        .collect();
    let done = control.handle.with(move |bluez, now| {
        for (id, device) in hubs {
            bluez.replace_device(id, device, now);
        }
    });
    done.await.map(|()| StatusCode::NO_CONTENT).ok_or_else(Problem::stopped)
}
