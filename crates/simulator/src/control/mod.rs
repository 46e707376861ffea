//! The control API: what a trainer or a test does to the street from outside. On the loopback interface only.
//!
//! | request | body | answer |
//! | --- | --- | --- |
//! | `GET /devices` | | all devices |
//! | `GET /devices/{id}` | | state, battery, movements, connected, in range, faults |
//! | `POST /devices/{id}/fault` | `{"fault": "…", …}`, see [`fault`] | the device |
//! | `DELETE /devices/{id}/fault` | | the device, all faults mended |
//! | `POST /devices/{id}/knock` | | the device, awake |
//! | `POST /adapter` | `{"powered": bool}` or `{"present": bool}` | 204 |
//! | `POST /authority` | `{"keys": ["64 hex digits", …]}` | 204 |
//!
//! Errors are problem details (RFC 9457) with `field` where one is wrong.

mod adapter;
mod authority;
mod body;
mod device;
mod fault;
mod problem;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use terskel_locks::hub::station_keys::StationKeys;
use tokio::net::TcpListener;

use crate::daemon::Handle;
use crate::devices::DeviceInfo;
use problem::Problem;

/// What the requests work on.
pub(crate) struct Control {
    pub(crate) handle: Handle,
    /// In the order of the machine's peripherals.
    pub(crate) devices: Vec<DeviceInfo>,
    pub(crate) authority: StationKeys,
}

/// Serves the API on a port that the system chooses, until the task is aborted.
pub(crate) async fn serve(control: Control) -> anyhow::Result<(SocketAddr, tokio::task::JoinHandle<()>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let app = router(Arc::new(control));
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "the control API has stopped");
        }
    });
    Ok((address, task))
}

fn router(control: Arc<Control>) -> Router {
    Router::new()
        .route("/devices", get(device::list))
        .route("/devices/{id}", get(device::show))
        .route("/devices/{id}/fault", post(fault::inject).delete(fault::mend))
        .route("/devices/{id}/knock", post(device::knock))
        .route("/adapter", post(adapter::set))
        .route("/authority", post(authority::set))
        .fallback(async || Problem::not_found("no such path"))
        .method_not_allowed_fallback(async || Problem::not_allowed())
        .with_state(control)
}
