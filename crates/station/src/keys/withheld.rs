//! A worker may open a door, and gets no key for it: the trail says so, and why.

use chrono::TimeDelta;
use sqlx::AnyConnection;
use terskel_api::key::DoorWithoutKey;
use terskel_model::event::EventKind;
use terskel_model::permission::Because;

use crate::app::App;
use crate::audit::Entry;
use crate::db::ms;
use crate::permission::Person;
use crate::problem::Failure;

/// A phone asks again and again: what has not changed is said once in this time.
const SAID_EVERY: TimeDelta = TimeDelta::hours(1);

/// Records it, unless it was said lately.
pub(super) async fn record(
    wanting: &DoorWithoutKey,
    person: &Person,
    because: Because,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let said = sqlx::query(
        "SELECT id FROM audit WHERE kind = $1 AND door_id = $2 AND worker_id = $3 AND reason = $4
         AND COALESCE(dispatch_id, '') = $5 AND stored_ms > $6 LIMIT 1",
    )
    .bind(EventKind::KeyWithheld.as_str())
    .bind(wanting.door.to_string())
    .bind(person.worker.to_string())
    .bind(wanting.reason.as_str())
    .bind(because.dispatch.map(|id| id.to_string()).unwrap_or_default())
    .bind(ms(app.now() - SAID_EVERY))
    .fetch_optional(&mut *tx)
    .await?;
    if said.is_some() {
        return Ok(());
    }
    let entry = Entry {
        dispatch: because.dispatch,
        permission: because.permission,
        worker: Some(person.worker),
        phone: person.phone,
        door: Some(wanting.door),
        reason: Some(wanting.reason.as_str().to_owned()),
        ..Entry::of_station(app, EventKind::KeyWithheld)
    };
    entry.store(app, tx).await
}
