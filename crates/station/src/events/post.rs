//! `POST /v1/events`: signed events in the order the phone recorded them. Each stands alone: a refused one does not
//! hold up the others.

use axum::extract::State;
use axum::response::Json as Answer;
use terskel_api::event::{EventBatch, EventReceipt, EventReceipts};
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_keys::event;
use terskel_model::event::PhoneEvent;

use super::intake::Intake;
use crate::app::{App, Shared};
use crate::auth::PhoneSession;
use crate::extract::Json;
use crate::problem::{Failure, invalid};

/// The most events at once.
pub(crate) const MOST: usize = 100;
/// The most bytes of one signed event.
pub(crate) const LONGEST: usize = 16 * 1024;

/// Takes events; answers for each.
#[utoipa::path(
    post, path = path::EVENTS, tag = "events", security(("dpop" = [])), request_body = EventBatch,
    responses(
        (status = 200, body = EventReceipts),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn post(
    State(app): State<Shared>,
    session: PhoneSession,
    Json(batch): Json<EventBatch>,
) -> Result<Answer<EventReceipts>, Failure> {
    if batch.events.len() > MOST {
        return Err(invalid("events", format!("are more than {MOST}")));
    }
    let keys = session.phone_keys(&app).await?;
    let mut receipts = Vec::with_capacity(batch.events.len());
    for signed in batch.events {
        receipts.push(take(&app, &session, &keys, signed.0).await?);
    }
    Ok(Answer(EventReceipts { receipts }))
}

async fn take(
    app: &App,
    session: &PhoneSession,
    keys: &terskel_keys::PhonePublic,
    signed: Vec<u8>,
) -> Result<EventReceipt, Failure> {
    let refused = |id, code: &str| EventReceipt { id, refused: Some(code.to_owned()) };
    if signed.len() > LONGEST {
        return Ok(refused(None, code::TOO_LARGE));
    }
    let event = match event::verify(&signed, keys) {
        Ok(event) if event.phone == session.phone => event,
        Ok(event) => return Ok(refused(Some(event.id), code::BAD_PROOF)),
        Err(_) => {
            let id = event::peek(&signed).ok().map(|event| event.id);
            return Ok(refused(id, if id.is_some() { code::BAD_PROOF } else { code::INVALID }));
        }
    };
    keep(app, event, signed).await
}

/// Stores an event whose signature has been verified.
pub(crate) async fn keep(app: &App, event: PhoneEvent, signed: Vec<u8>) -> Result<EventReceipt, Failure> {
    let id = Some(event.id);
    let intake = Intake { event, signed };
    Ok(EventReceipt { id, refused: app.write(&intake).await? })
}
