//! Ending the visit.

use terskel_api::problem::code;
use terskel_model::DispatchId;

use crate::interface::{Outcome, Problem};
use crate::state::Core;

/// Ends it, with its event. A worker who is checked in checks out first, unless the hub has failed them.
pub(crate) async fn close(core: &Core, dispatch: DispatchId) -> Result<Outcome, Problem> {
    let _one_at_a_time = core.deciding.lock().await;
    let (phone, session) = core.signed_in()?;
    let snapshot = core.snapshot();
    let visit = snapshot.visits.iter().find(|v| v.dispatch == dispatch).ok_or(Problem::NotFound)?;
    if visit.closed_at.is_some() {
        return Ok(Outcome::Done);
    }
    let (working, hub_failed) = core.show(|live| (live.is_working(), live.hub.problem.is_some()));
    if working {
        return Err(Problem::Busy);
    }
    if visit.arrived_at.is_some() && visit.left_at.is_none() && !hub_failed {
        return Err(Problem::Refused { code: code::CONFLICT.to_owned() });
    }
    core.store.close_visit(dispatch, &phone, session.worker, &core.clock).await?;
    core.refresh().await?;
    core.outbox.notify_one();
    Ok(Outcome::Done)
}
