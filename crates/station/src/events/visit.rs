//! The holder's moves through a visit.

use sqlx::AnyConnection;
use terskel_api::problem::code;
use terskel_model::dispatch::{DispatchState, Holder, TransitionError};
use terskel_model::event::{PhoneEvent, Proof};
use terskel_model::{DispatchId, Timestamp};

use super::offline::went_along;
use crate::app::App;
use crate::db::ms;
use crate::dispatch::deadlines::stop_deadlines;
use crate::dispatch::{changed, load_state};
use crate::problem::{Failure, problem};

/// What the holder does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Checks in, at hub time.
    Arrive(Timestamp),
    /// Checks out; the visit stays open until it is closed.
    Leave,
    /// Ends the visit.
    Close(Timestamp),
}

/// The worker ended the visit.
pub(super) async fn closed(
    event: &PhoneEvent,
    dispatch: DispatchId,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<Proof, Failure> {
    advance(event, dispatch, Move::Close(event.at), app, tx).await?;
    Ok(Proof::PhoneSignature)
}

/// Moves the dispatch on, as its holder.
pub(super) async fn advance(
    event: &PhoneEvent,
    dispatch: DispatchId,
    next: Move,
    app: &App,
    tx: &mut AnyConnection,
) -> Result<(), Failure> {
    let by = Holder { worker: event.worker, phone: event.phone };
    let old = load_state(tx, dispatch).await?.ok_or_else(|| problem(code::NOT_FOUND))?;
    let new = match next {
        Move::Arrive(at) => old.clone().arrive(by, at),
        // Only the holder leaves; leaving moves nothing.
        Move::Leave => old.clone().close(by, event.at).map(|_| old.clone()),
        Move::Close(at) => old.clone().close(by, plausible(at, &old, app.now())),
    };
    let new = match new {
        Err(TransitionError::NotHolder) if went_along(event, dispatch, tx).await? => return Ok(()),
        new => new.map_err(refusal)?,
    };
    if new == old {
        return Ok(());
    }
    store(tx, dispatch, &new).await?;
    stop_deadlines(tx, dispatch).await?;
    changed(tx, dispatch).await
}

/// A phone's wall clock may be wrong: the visit ends between accepting and now.
fn plausible(at: Timestamp, state: &DispatchState, now: Timestamp) -> Timestamp {
    at.min(now).max(state.accepted_at().unwrap_or(at))
}

fn refusal(error: TransitionError) -> Failure {
    let code = match error {
        TransitionError::Closed => code::CLOSED,
        TransitionError::AlreadyAccepted(_) | TransitionError::NotHolder | TransitionError::NotAccepted => {
            code::CONFLICT
        }
    };
    problem(code).into()
}

async fn store(tx: &mut AnyConnection, dispatch: DispatchId, new: &DispatchState) -> Result<(), Failure> {
    let (update, at) = match new {
        DispatchState::Arrived { at, .. } => {
            ("UPDATE dispatches SET phase = $1, arrived_ms = $2 WHERE id = $3", at)
        }
        DispatchState::Closed { at, .. } => {
            ("UPDATE dispatches SET phase = $1, closed_ms = $2 WHERE id = $3", at)
        }
        DispatchState::Open { .. } | DispatchState::Accepted { .. } => {
            return Err(Failure::Internal("an event cannot move a dispatch back"));
        }
    };
    sqlx::query(update)
        .bind(new.phase().as_str())
        .bind(ms(*at))
        .bind(dispatch.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
