//! Passing a door without its lock: it stands open, somebody lets the worker in, or there is a key of metal or a code.

use terskel_model::door::PassReason;
use terskel_model::{DispatchId, DoorId, name};

use crate::interface::{Outcome, Problem};
use crate::state::Core;

/// The worker says how they passed the door; the next one is prepared from then on.
pub(crate) async fn pass(
    core: &Core,
    dispatch: DispatchId,
    door: DoorId,
    reason: &str,
) -> Result<Outcome, Problem> {
    let reason = name::required(reason, 100).map_err(|_| Problem::Invalid { field: "reason".into() })?;
    let (phone, session) = core.signed_in()?;
    let snapshot = core.snapshot();
    let (_, body) = snapshot.open_visit().filter(|(v, _)| v.dispatch == dispatch).ok_or(Problem::NotFound)?;
    if !body.details.iter().flat_map(|d| &d.doors).any(|d| d.id == door) {
        return Err(Problem::NotFound);
    }
    let (reason, place) = (PassReason::from(reason.as_str()), (dispatch, door));
    core.store.pass_door(place, &reason, &phone, session.worker, &core.clock).await?;
    core.outbox.notify_one();
    core.refresh().await?;
    Ok(Outcome::Done)
}
