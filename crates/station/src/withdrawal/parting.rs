//! `POST /v1/parting-events`: what a phone still has to tell after its session was taken away, the confirmation first of
//! all. There is no session to ask with: each event is signed by the phone.

use axum::extract::State;
use axum::response::Json as Answer;
use sqlx::AnyConnection;
use terskel_api::event::{EventBatch, EventReceipt, EventReceipts};
use terskel_api::path;
use terskel_api::problem::{ProblemDetails, code};
use terskel_keys::{PhonePublic, event};
use terskel_model::PhoneId;
use terskel_model::event::{EventKind, PhoneEvent};

use crate::app::{App, Shared};
use crate::db::{Columns, ms};
use crate::events::{LONGEST, MOST, keep};
use crate::extract::Json;
use crate::problem::{Failure, invalid};

/// For how long after its session was taken away a phone is heard without one.
const HEARD_FOR: chrono::TimeDelta = chrono::TimeDelta::days(7);

/// Takes events; answers for each. Of a phone that was lost it takes the confirmation, and nothing that whoever found it
/// might want to tell.
#[utoipa::path(
    post, path = path::PARTING_EVENTS, tag = "withdrawals", request_body = EventBatch,
    responses(
        (status = 200, body = EventReceipts),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn post(
    State(app): State<Shared>,
    Json(batch): Json<EventBatch>,
) -> Result<Answer<EventReceipts>, Failure> {
    if batch.events.len() > MOST {
        return Err(invalid("events", format!("are more than {MOST}")));
    }
    let mut receipts = Vec::with_capacity(batch.events.len());
    for signed in batch.events {
        receipts.push(take(&app, signed.0).await?);
    }
    Ok(Answer(EventReceipts { receipts }))
}

async fn take(app: &App, signed: Vec<u8>) -> Result<EventReceipt, Failure> {
    let refused = |id, code: &str| Ok(EventReceipt { id, refused: Some(code.to_owned()) });
    if signed.len() > LONGEST {
        return refused(None, code::TOO_LARGE);
    }
    let Ok(claimed) = event::peek(&signed) else { return refused(None, code::INVALID) };
    let known = parting_phone(app, claimed.phone, &mut *app.reader().await?).await?;
    let Some((keys, lost)) = known else { return refused(Some(claimed.id), code::PHONE_UNKNOWN) };
    let Ok(event) = event::verify(&signed, &keys) else { return refused(Some(claimed.id), code::BAD_PROOF) };
    if lost && !confirms(&event) {
        return refused(Some(event.id), code::PHONE_UNKNOWN);
    }
    keep(app, event, signed).await
}

fn confirms(event: &PhoneEvent) -> bool {
    event.kind == EventKind::KeysWiped
}

/// The keys of a phone whose session was taken away lately, and whether the phone was lost.
async fn parting_phone(
    app: &App,
    phone: PhoneId,
    reader: &mut AnyConnection,
) -> Result<Option<(PhonePublic, bool)>, Failure> {
    let row = sqlx::query(
        "SELECT p.signing_key, p.sealing_key, p.withdrawn_ms FROM phones p WHERE p.id = $1 AND EXISTS
         (SELECT 1 FROM withdrawals o WHERE o.phone_id = p.id AND o.session_id IS NOT NULL AND o.ordered_ms > $2)",
    )
    .bind(phone.to_string())
    .bind(ms(app.now() - HEARD_FOR))
    .fetch_optional(reader)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let keys = PhonePublic::parse(&row.bytes("signing_key")?, &row.bytes("sealing_key")?)
        .map_err(|_| Failure::Internal("a stored phone key does not parse"))?;
    Ok(Some((keys, row.time_or_none("withdrawn_ms")?.is_some())))
}
