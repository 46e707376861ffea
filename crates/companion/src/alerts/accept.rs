//! Taking a dispatch, and the digital keys that come with it.

use terskel_api::dispatch::{Accepted, Dispatch};
use terskel_model::DispatchId;
use terskel_model::dispatch::DispatchPhase;

use crate::interface::{Outcome, Problem};
use crate::keys;
use crate::session::call;
use crate::state::Core;
use crate::store::{Kept, KeyFacts, Phone, Snapshot, VisitFacts};

/// First accept wins, at the station. Safe to repeat when an answer was lost. Without an answer the worker goes all the same,
/// and is told that nobody knows of it yet.
pub(crate) async fn accept(core: &Core, dispatch: DispatchId) -> Result<Outcome, Problem> {
    let _one_at_a_time = core.deciding.lock().await;
    core.signed_in()?;
    let snapshot = core.snapshot();
    let going_to = snapshot.open_visit().and_then(|(visit, _)| dispatch_of(&snapshot, visit));
    if going_to.is_some_and(|other| other != dispatch) {
        return Err(Problem::VisitOpen);
    }
    if snapshot.visits.iter().any(|v| v.dispatch == dispatch && v.closed_at.is_some()) {
        return Err(Problem::DispatchClosed);
    }
    if !snapshot.dispatches.iter().any(|d| d.id == dispatch) {
        return Err(Problem::NotFound);
    }
    match ask(core, dispatch).await {
        Err(no_answer @ (Problem::NoNetwork | Problem::StationFailed)) => {
            go_anyway(core, dispatch, no_answer).await?;
        }
        answer => answer?,
    }
    // An alarm comes before where the worker was going by themselves, unless the station says meanwhile that an alarm is there.
    let told = core.snapshot();
    let left = snapshot.open_visit().filter(|(visit, _)| visit.own && dispatch_of(&told, visit).is_none());
    if let Some((visit, _)) = left {
        let (phone, session) = core.signed_in()?;
        core.store.close_visit(visit.dispatch, &phone, session.worker, &core.clock).await?;
        core.refresh().await?;
    }
    Ok(Outcome::Done)
}

/// The dispatch that waits for this worker in a visit: by its name, or the one that the station has joined with a visit of the
/// worker's own. Ending that visit ends it.
pub(crate) fn dispatch_of(snapshot: &Snapshot, visit: &VisitFacts) -> Option<DispatchId> {
    if !visit.own {
        return Some(visit.dispatch);
    }
    let is = |told: &&Dispatch| {
        told.mine && told.visit == Some(visit.dispatch) && told.phase != DispatchPhase::Closed
    };
    snapshot.dispatches.iter().find(is).map(|told| told.id)
}

/// Asks again for the keys of a visit that is this phone's already: its answer was lost, or the keys run out.
pub(crate) async fn fetch_keys(core: &Core, dispatch: DispatchId) -> Result<(), Problem> {
    let _one_at_a_time = core.deciding.lock().await;
    if core.snapshot().open_visit().is_none_or(|(visit, _)| visit.dispatch != dispatch) {
        return Err(Problem::NotFound);
    }
    ask(core, dispatch).await
}

/// The station may be without network, or have said yes and the answer was lost: then the stream tells, before or after.
async fn go_anyway(core: &Core, dispatch: DispatchId, no_answer: Problem) -> Result<(), Problem> {
    let (phone, session) = core.signed_in()?;
    let went = core.store.accept_offline(dispatch, &phone, session.worker, &core.clock).await?;
    core.outbox.notify_one();
    core.refresh().await?;
    let theirs = core.snapshot().open_visit().is_some_and(|(visit, _)| visit.dispatch == dispatch);
    if went || theirs { Ok(()) } else { Err(no_answer) }
}

async fn ask(core: &Core, dispatch: DispatchId) -> Result<(), Problem> {
    let (phone, session) = core.signed_in()?;
    let asked = core.asked(&session);
    let answer =
        call(core, &phone, session.id, |station, credential| station.accept(credential, dispatch)).await;
    let accepted = match answer.map_err(Problem::from) {
        Err(Problem::AlreadyAccepted { by }) => {
            core.store.taken_by_another(dispatch, by.as_deref()).await?;
            core.refresh().await?;
            return Err(Problem::AlreadyAccepted { by });
        }
        answer => answer?,
    };
    if accepted.dispatch.id != dispatch {
        return Err(Problem::StationFailed);
    }
    core.withheld.learn(accepted.keys.iter().map(|key| key.lock), &accepted.without);
    let phone = keys::acquainted(core, phone, accepted.keys.iter().map(|key| &key.key)).await;
    let kept = core.store.save_accepted(&asked, &accepted.dispatch, &verified(&accepted, &phone)).await?;
    core.refresh().await?;
    // The visit's own keeper asks again for keys that were overtaken: it misses them.
    if kept == Kept::TooLate { Err(Problem::SignedOut) } else { Ok(()) }
}

/// The keys that this phone can trust and use. A door whose key is not among them says so when it is asked.
fn verified(accepted: &Accepted, phone: &Phone) -> Vec<KeyFacts> {
    let of = |key: KeyFacts| KeyFacts { dispatch: Some(accepted.dispatch.id), ..key };
    accepted.keys.iter().filter_map(|key| keys::verify(key, phone).map(of)).collect()
}
