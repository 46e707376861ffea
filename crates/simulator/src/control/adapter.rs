//! `POST /adapter`: the switch of the adapter, and pulling it out.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;

use super::Control;
use super::body::Body;
use super::problem::Problem;

pub(super) async fn set(State(control): State<Arc<Control>>, bytes: Bytes) -> Result<StatusCode, Problem> {
    let mut body = Body::parse(&bytes)?;
    let (powered, present): (Option<bool>, Option<bool>) =
        (body.optional("powered")?, body.optional("present")?);
    body.finish()?;
    if powered.is_none() && present.is_none() {
        return Err(Problem::invalid("powered", "is missing, and so is present"));
    }
    let done = control.handle.with(move |bluez, now| {
        if let Some(present) = present {
            bluez.set_present(present, now);
        }
        powered.is_none_or(|powered| bluez.switch(powered, now))
    });
    match done.await {
        Some(true) => Ok(StatusCode::NO_CONTENT),
        Some(false) => Err(Problem::conflict("the adapter is powering up, or absent")),
        None => Err(Problem::stopped()),
    }
}
