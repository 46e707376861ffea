//! Taking a dispatch, and the digital keys that come with it.

use terskel_api::dispatch::Accepted;
use terskel_model::DispatchId;

use crate::interface::{Outcome, Problem};
use crate::keys;
use crate::session::call;
use crate::state::Core;
use crate::store::{KeyFacts, Phone};

/// First accept wins, at the station. Safe to repeat when an answer was lost.
pub(crate) async fn accept(core: &Core, dispatch: DispatchId) -> Result<Outcome, Problem> {
    let _one_at_a_time = core.deciding.lock().await;
    core.signed_in()?;
    let snapshot = core.snapshot();
    if let Some((visit, _)) = snapshot.open_visit()
        && visit.dispatch != dispatch
        && !visit.own
    {
        return Err(Problem::VisitOpen);
    }
    if snapshot.visits.iter().any(|v| v.dispatch == dispatch && v.closed_at.is_some()) {
        return Err(Problem::DispatchClosed);
    }
    if !snapshot.dispatches.iter().any(|d| d.id == dispatch) {
        return Err(Problem::NotFound);
    }
    ask(core, dispatch).await?;
    // An alarm comes before where the worker was going by themselves.
    if let Some((visit, _)) = snapshot.open_visit().filter(|(visit, _)| visit.own) {
        let (phone, session) = core.signed_in()?;
        core.store.close_visit(visit.dispatch, &phone, session.worker, &*core.world).await?;
        core.refresh().await?;
    }
    Ok(Outcome::Done)
}

/// Asks again for the keys of a visit that is this phone's already: its answer was lost, or the keys run out.
pub(crate) async fn fetch_keys(core: &Core, dispatch: DispatchId) -> Result<(), Problem> {
    let _one_at_a_time = core.deciding.lock().await;
    if core.snapshot().open_visit().is_none_or(|(visit, _)| visit.dispatch != dispatch) {
        return Err(Problem::NotFound);
    }
    ask(core, dispatch).await
}

async fn ask(core: &Core, dispatch: DispatchId) -> Result<(), Problem> {
    let (phone, session) = core.signed_in()?;
    let accepted =
        call(core, &phone, session.id, |station, credential| station.accept(credential, dispatch)).await?;
    if accepted.dispatch.id != dispatch {
        return Err(Problem::StationFailed);
    }
    let phone = keys::acquainted(core, phone, accepted.keys.iter().map(|key| &key.key)).await;
    core.store.save_accepted(&accepted.dispatch, &verified(&accepted, &phone)).await?;
    core.refresh().await?;
    Ok(())
}

/// The keys that this phone can trust and use. A door whose key is not among them says so when it is asked.
fn verified(accepted: &Accepted, phone: &Phone) -> Vec<KeyFacts> {
    let of = |key: KeyFacts| KeyFacts { dispatch: Some(accepted.dispatch.id), ..key };
    accepted.keys.iter().filter_map(|key| keys::verify(key, phone).map(of)).collect()
}
