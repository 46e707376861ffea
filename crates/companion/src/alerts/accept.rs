//! Taking a dispatch, and the digital keys that come with it.

use terskel_api::dispatch::{Accepted, IssuedKey};
use terskel_keys::{KeyError, digital_key};
use terskel_model::DispatchId;

use crate::interface::{Outcome, Problem};
use crate::session::{self, call};
use crate::state::Core;
use crate::store::{KeyFacts, Phone};

/// First accept wins, at the station. Safe to repeat when an answer was lost.
pub(crate) async fn accept(core: &Core, dispatch: DispatchId) -> Result<Outcome, Problem> {
    let _one_at_a_time = core.deciding.lock().await;
    core.signed_in()?;
    let snapshot = core.snapshot();
    if let Some((visit, _)) = snapshot.open_visit()
        && visit.dispatch != dispatch
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
    let keys = match verified(&accepted, &phone) {
        Ok(keys) => keys,
        Err(UnknownAuthority) => {
            let phone = session::ask_authority(core, &phone).await?;
            verified(&accepted, &phone).unwrap_or_default()
        }
    };
    core.store.save_accepted(&accepted.dispatch, &keys).await?;
    core.refresh().await?;
    Ok(())
}

/// The station signs with a key that the phone has not heard of.
struct UnknownAuthority;

/// The keys that this phone can trust and use. A door whose key is not among them says so when it is asked.
fn verified(accepted: &Accepted, phone: &Phone) -> Result<Vec<KeyFacts>, UnknownAuthority> {
    let keys = accepted.keys.iter().map(|key| verify(accepted.dispatch.id, key, phone));
    keys.filter_map(Result::transpose).collect()
}

fn verify(
    dispatch: DispatchId,
    key: &IssuedKey,
    phone: &Phone,
) -> Result<Option<KeyFacts>, UnknownAuthority> {
    let verified = match digital_key::verify(&key.key.0, &phone.authority, &phone.identity.public()) {
        Ok(verified) => verified,
        Err(KeyError::UnknownAuthority) => return Err(UnknownAuthority),
        Err(error) => {
            tracing::error!(key = %key.id, %error, "a digital key does not verify");
            return Ok(None);
        }
    };
    let claims = verified.claims();
    if claims.id != key.id || claims.lock != key.lock || claims.phone != phone.id {
        tracing::error!(key = %key.id, "a digital key is not what it was said to be");
        return Ok(None);
    }
    Ok(Some(KeyFacts {
        id: claims.id,
        dispatch,
        lock: claims.lock,
        expires: claims.expires,
        bytes: key.key.0.clone(),
    }))
}
