//! What an event does, by its kind. An error here is a refusal for good.

use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_keys::receipt::Direction;
use terskel_model::DispatchId;
use terskel_model::event::{EventKind, PhoneEvent, Proof};

use super::{door, join, offline, own_visit, presence, visit, wiped};
use crate::app::App;
use crate::check;
use crate::db::ms;
use crate::installation;
use crate::locks;
use crate::problem::{Failure, invalid, problem, refuse};

/// Applies one event; says by which proof it stands.
pub(super) async fn apply(event: &PhoneEvent, app: &App, tx: &mut AnyConnection) -> Result<Proof, Failure> {
    let text = |field, text: Option<&str>| check::optional(field, text.unwrap_or_default(), 100);
    text("reason", event.reason.as_deref())?;
    text("operation", event.operation.as_ref().map(|o| o.as_str()))?;
    text("clock", event.clock.as_ref().map(|c| c.as_str()))?;
    text("outcome", event.outcome.as_ref().map(|o| o.as_str()))?;
    check::required("kind", event.kind.as_str(), 100)?;
    own_visit::check(event, tx).await?;
    Ok(match &event.kind {
        EventKind::AlertDelivered => delivered(event, app, tx).await?,
        EventKind::AcceptedOffline => offline::accepted(event, app, tx).await?,
        EventKind::DoorOperated => door::operated(event, if_of_dispatch(event, tx).await?, tx).await?,
        EventKind::DoorPassed => door::passed(event, if_of_dispatch(event, tx).await?, tx).await?,
        EventKind::DoorCodeShown => door::code_shown(event, if_of_dispatch(event, tx).await?, tx).await?,
        EventKind::LockReported => locks::reported(event, if_of_dispatch(event, tx).await?, app, tx).await?,
        EventKind::VisitBegun => own_visit::begun(event, app, tx).await?,
        EventKind::LockPaired | EventKind::LockTested | EventKind::InstallationGivenUp => {
            installation::told(event, tx).await?
        }
        EventKind::CheckedIn => presence::checked(event, Direction::In, app, tx).await?,
        EventKind::CheckedOut => presence::checked(event, Direction::Out, app, tx).await?,
        EventKind::KeysWiped => wiped::wiped(event, app, tx).await?,
        EventKind::VisitClosed if event.visit.is_some() => own_visit::closed(event, app, tx).await?,
        // Where the phone could not sign out by itself any more, its session ends with the shift.
        EventKind::PhoneWiped => Proof::PhoneSignature,
        EventKind::VisitClosed => visit::closed(event, app, tx).await?,
        // From a newer app: kept as it came, with no effect but to be read.
        EventKind::Unknown(_) => {
            if_of_dispatch(event, tx).await?;
            Proof::PhoneSignature
        }
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

/// The event's dispatch, which must be of a team that the worker was on shift for, on this phone.
pub(super) async fn of_teams_dispatch(
    event: &PhoneEvent,
    tx: &mut AnyConnection,
) -> Result<DispatchId, Failure> {
    let dispatch = event.dispatch.ok_or_else(|| invalid("dispatch", "is missing"))?;
    sqlx::query(
        "SELECT d.id FROM dispatches d JOIN sessions s ON s.team_id = d.team_id
         WHERE d.id = $1 AND s.phone_id = $2 AND s.worker_id = $3 LIMIT 1",
    )
    .bind(dispatch.to_string())
    .bind(event.phone.to_string())
    .bind(event.worker.to_string())
    .fetch_optional(tx)
    .await?
    .map(|_| dispatch)
    .ok_or_else(|| problem(code::NOT_FOUND).into())
}

/// The event's dispatch, where it has one: then as in [`of_teams_dispatch`].
async fn if_of_dispatch(event: &PhoneEvent, tx: &mut AnyConnection) -> Result<Option<DispatchId>, Failure> {
    match event.dispatch {
        Some(_) => of_teams_dispatch(event, tx).await.map(Some),
        None => Ok(None),
    }
}

/// The phone shows the alert.
async fn delivered(event: &PhoneEvent, app: &App, tx: &mut AnyConnection) -> Result<Proof, Failure> {
    let dispatch = of_teams_dispatch(event, tx).await?;
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
