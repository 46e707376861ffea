//! Saying no, with a reason.

use terskel_api::dispatch::Decline;
use terskel_model::DispatchId;
use terskel_model::dispatch::DeclineReason;
use terskel_model::name;

use crate::interface::{Outcome, Problem};
use crate::session::call;
use crate::state::Core;

/// Tells the station; the alert stays in the list, marked.
pub(crate) async fn decline(core: &Core, dispatch: DispatchId, reason: &str) -> Result<Outcome, Problem> {
    let reason = name::required(reason, 100).map_err(|_| Problem::Invalid { field: "reason".into() })?;
    let _one_at_a_time = core.deciding.lock().await;
    let (phone, session) = core.signed_in()?;
    if !core.snapshot().dispatches.iter().any(|d| d.id == dispatch && !d.mine) {
        return Err(Problem::NotFound);
    }
    let body = Decline { reason: DeclineReason::from(reason.as_str()) };
    call(core, &phone, session.id, |station, credential| station.decline(credential, dispatch, body.clone()))
        .await?;
    // The stream tells it too, in a later revision; the worker sees it now. Read afresh: it may have come already.
    if let Some(mut declined) = core.snapshot().dispatches.iter().find(|d| d.id == dispatch).cloned() {
        declined.declined = true;
        core.store.receive(&declined, None, &phone, &session, &core.clock).await?;
        core.refresh().await?;
    }
    Ok(Outcome::Done)
}
