//! What an event does, by its kind. An error here is a refusal for good.

use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_keys::receipt::Direction;
use terskel_model::DispatchId;
use terskel_model::event::{EventKind, PhoneEvent, Proof};

use super::ground::Ground;
use super::{door, join, offline, own_visit, presence, visit, wiped};
use crate::app::App;
use crate::check;
use crate::db::ms;
use crate::installation;
use crate::locks;
use crate::problem::{Failure, invalid, refuse};

/// Applies one event; says by which proof it stands.
pub(super) async fn apply(
    event: &PhoneEvent,
    ground: &mut Ground,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    let text = |field, text: Option<&str>| check::optional(field, text.unwrap_or_default(), 100);
    text("reason", event.reason.as_deref())?;
    text("operation", event.operation.as_ref().map(|o| o.as_str()))?;
    text("clock", event.clock.as_ref().map(|c| c.as_str()))?;
    text("session", event.session.as_deref())?;
    text("outcome", event.outcome.as_ref().map(|o| o.as_str()))?;
    check::required("kind", event.kind.as_str(), 100)?;
    own_visit::check(event, tx).await?;
    let dispatch = ground.dispatch_of(event, tx).await?;
    Ok(match &event.kind {
        EventKind::AlertDelivered => delivered(event, required(dispatch)?, app, tx).await?,
        EventKind::AcceptedOffline => offline::accepted(event, required(dispatch)?, app, tx).await?,
        EventKind::DoorOperated => door::operated(event, dispatch, ground, app, tx).await?,
        EventKind::DoorPassed => door::passed(event, dispatch, ground, tx).await?,
        EventKind::DoorCodeShown => door::code_shown(event, dispatch, ground, tx).await?,
        EventKind::LockReported => locks::reported(event, dispatch, app, tx).await?,
        EventKind::VisitBegun => own_visit::begun(event, app, tx).await?,
        EventKind::LockPaired | EventKind::LockTested | EventKind::InstallationGivenUp => {
            installation::told(event, tx).await?
        }
        EventKind::CheckedIn => presence::checked(event, dispatch, Direction::In, app, tx).await?,
        EventKind::CheckedOut => presence::checked(event, dispatch, Direction::Out, app, tx).await?,
        EventKind::KeysWiped => wiped::wiped(event, app, tx).await?,
        EventKind::VisitClosed if event.visit.is_some() => own_visit::closed(event, app, tx).await?,
        EventKind::PhoneWiped => wiped::all_wiped(event, app, tx).await?,
        EventKind::VisitClosed => visit::closed(event, required(dispatch)?, app, tx).await?,
        // From a newer app: kept as it came, with no effect but to be read.
        EventKind::Unknown(_) => Proof::PhoneSignature,
        EventKind::DispatchReceived
        | EventKind::DispatchUnanswered
        | EventKind::DispatchDeclined
        | EventKind::DispatchAccepted
        | EventKind::ArrivalOverdue
        | EventKind::PermissionGiven
        | EventKind::PermissionTakenAway
        | EventKind::LockInstalled
        | EventKind::KeysWithdrawn
        | EventKind::ShiftEnded
        | EventKind::WorkerDismissed
        | EventKind::PhoneLost
        | EventKind::PolicyChanged
        | EventKind::ResidentChanged
        | EventKind::WorkerChanged
        | EventKind::PinChanged
        | EventKind::ServiceEnded
        | EventKind::ServiceResumed
        | EventKind::GlassBroken
        | EventKind::GlassReviewed
        | EventKind::KeyIssued
        | EventKind::KeyWithheld
        | EventKind::PhoneEnrolled
        | EventKind::SignedIn
        | EventKind::SignedOut
        | EventKind::SignInRefused
        | EventKind::AuditExported
        | EventKind::AuditErased
        | EventKind::RetentionDone => return refuse(code::FORBIDDEN),
    })
}

/// The dispatch that such an event must have.
pub(super) fn required(dispatch: Option<DispatchId>) -> Result<DispatchId, Failure> {
    dispatch.ok_or_else(|| invalid("dispatch", "is missing"))
}

/// The phone shows the alert.
async fn delivered(
    event: &PhoneEvent,
    dispatch: DispatchId,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    sqlx::query(
        "INSERT INTO deliveries (dispatch_id, phone_id, at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(dispatch.to_string())
    .bind(event.phone.to_string())
    .bind(ms(app.now()))
    .execute(&mut *tx)
    .await?;
    join::of_alert(event, dispatch, app, tx).await?;
    Ok(Proof::PhoneSignature)
}
