//! `POST /v1/events`: signed events in the order the phone recorded them. Each stands alone: a refused one does not
//! hold up the others.

use axum::extract::State;
use axum::response::Json as Answer;
use terskel_api::event::{EventBatch, EventReceipt, EventReceipts};
use terskel_api::problem::{ProblemDetails, code};
use terskel_api::{Bytes, path};
use terskel_keys::{PhonePublic, event};
use terskel_model::PhoneId;
use terskel_model::event::PhoneEvent;
use tokio::task::spawn_blocking;

use super::intake::{Intake, Verified};
use crate::app::{App, Shared};
use crate::auth::PhoneSession;
use crate::extract::Json;
use crate::problem::{Failure, invalid};

/// The most events at once.
pub(crate) const MOST: usize = 100;
/// The most bytes of one signed event.
pub(crate) const LONGEST: usize = 16 * 1024;
/// So many signatures are one piece of work.
const AT_ONCE: usize = 25;

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
    let (mut heads, mut events) = (Vec::with_capacity(batch.events.len()), Vec::new());
    for checked in check_all(batch.events, session.phone, &keys).await? {
        heads.push(checked.as_ref().map(|good| good.event.id).map_err(Clone::clone));
        events.extend(checked.ok());
    }
    let mut fates = app.write(&Intake { events }).await?.into_iter();
    let receipt = |head| match head {
        Ok(id) => {
            let refused = fates.next().ok_or(Failure::Internal("an event has no fate"))?;
            Ok(EventReceipt { id: Some(id), refused })
        }
        Err(receipt) => Ok(receipt),
    };
    let receipts = heads.into_iter().map(receipt).collect::<Result<_, Failure>>()?;
    Ok(Answer(EventReceipts { receipts }))
}

/// Checks signatures on as many cores as there are, and off the threads that serve others: each takes a tenth of a
/// millisecond.
async fn check_all(
    events: Vec<Bytes>,
    phone: PhoneId,
    keys: &PhonePublic,
) -> Result<Vec<Result<Verified, EventReceipt>>, Failure> {
    let checks: Vec<_> = events
        .chunks(AT_ONCE)
        .map(|some| {
            let (some, keys) = (some.to_vec(), keys.clone());
            spawn_blocking(move || {
                some.into_iter().map(|signed| check(signed.0, phone, &keys)).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut all = Vec::with_capacity(events.len());
    for checked in checks {
        all.extend(checked.await.map_err(|_| Failure::Internal("a signature could not be checked"))?);
    }
    Ok(all)
}

/// The event, or what is said of it at once.
fn check(signed: Vec<u8>, phone: PhoneId, keys: &PhonePublic) -> Result<Verified, EventReceipt> {
    let refused = |id, code: &str| EventReceipt { id, refused: Some(code.to_owned()) };
    if signed.len() > LONGEST {
        return Err(refused(None, code::TOO_LARGE));
    }
    match event::verify(&signed, keys) {
        Ok(event) if event.phone == phone => Ok(Verified { event, signed }),
        Ok(event) => Err(refused(Some(event.id), code::BAD_PROOF)),
        Err(_) => {
            let id = event::peek(&signed).ok().map(|event| event.id);
            Err(refused(id, if id.is_some() { code::BAD_PROOF } else { code::INVALID }))
        }
    }
}

/// Stores an event whose signature has been verified.
pub(crate) async fn keep(app: &App, event: PhoneEvent, signed: Vec<u8>) -> Result<EventReceipt, Failure> {
    let id = Some(event.id);
    let fates = app.write(&Intake { events: vec![Verified { event, signed }] }).await?;
    Ok(EventReceipt { id, refused: fates.into_iter().next().flatten() })
}
