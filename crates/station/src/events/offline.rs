//! Accepted without the station: decided here when the phone's word comes in, once and for all.

use sqlx::AnyConnection;
use terskel_model::dispatch::Holder;
use terskel_model::event::{EventKind, PhoneEvent, Proof};
use terskel_model::{DispatchId, Timestamp};

use crate::app::App;
use crate::audit::Entry;
use crate::db::{Columns, ms};
use crate::dispatch::swap;
use crate::problem::Failure;

/// The dispatch is theirs where nobody was first. Where somebody was, that they went stays in the trail, and their phone is
/// told by the stream who has it.
pub(super) async fn accepted(
    event: &PhoneEvent,
    dispatch: DispatchId,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let row = sqlx::query("SELECT team_id, received_ms FROM dispatches WHERE id = $1")
        .bind(dispatch.to_string())
        .fetch_one(&mut *tx)
        .await?;
    // A phone's clock may be wrong: it was after the dispatch had come, and before now.
    let at: Timestamp = event.at.min(app.now()).max(row.time("received_ms")?);
    let by = Holder { worker: event.worker, phone: event.phone };
    if on_shift(by, at, tx).await? && swap(tx, dispatch, row.id("team_id")?, by, (at, app.now())).await? {
        decided(dispatch, by, at, app, tx).await?;
    }
    Ok(Proof::PhoneSignature)
}

/// Whose a dispatch is stands in the trail once, however it was asked for.
pub(super) async fn decided(
    dispatch: DispatchId,
    by: Holder,
    at: Timestamp,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let entry = Entry {
        at,
        dispatch: Some(dispatch),
        worker: Some(by.worker),
        phone: Some(by.phone),
        ..Entry::of_station(app, EventKind::DispatchAccepted)
    };
    entry.store(app, tx).await
}

/// Whether their shift went on then, as far as the station knows. Whose was over takes no dispatch out of others' hands.
pub(super) async fn on_shift(by: Holder, at: Timestamp, tx: &mut AnyConnection) -> Result<bool, Failure> {
    let session = sqlx::query(
        "SELECT id FROM sessions WHERE phone_id = $1 AND worker_id = $2 AND ends_ms > $3
           AND (ended_ms IS NULL OR ended_ms > $3) LIMIT 1",
    )
    .bind(by.phone.to_string())
    .bind(by.worker.to_string())
    .bind(ms(at))
    .fetch_optional(tx)
    .await?;
    Ok(session.is_some())
}

/// Whether this worker went to the dispatch on this phone without knowing that somebody else has it: what they did there
/// is kept, and moves nothing.
pub(super) async fn went_along(
    event: &PhoneEvent,
    dispatch: DispatchId,
    tx: &mut AnyConnection,
) -> Result<bool, Failure> {
    let went = sqlx::query(
        "SELECT id FROM audit WHERE dispatch_id = $1 AND kind = $2 AND phone_id = $3 AND worker_id = $4 LIMIT 1",
    )
    .bind(dispatch.to_string())
    .bind(EventKind::AcceptedOffline.as_str())
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .fetch_optional(tx)
    .await?;
    Ok(went.is_some())
}
