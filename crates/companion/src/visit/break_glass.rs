//! Breaking the glass: in an emergency, without permission. The station must be reached: without it, nobody would know.

use terskel_api::break_glass::BreakGlass;
use terskel_model::break_glass::BreakGlassReason;
use terskel_model::{BreakGlassId, name};

use super::home::begin;
use crate::alerts::dispatch_of;
use crate::interface::{Outcome, Problem};
use crate::keys;
use crate::session::call;
use crate::state::Core;
use crate::store::Kept;

/// Asks for the keys, and begins the visit. A visit that is going on is ended first, unless somebody was dispatched.
pub(crate) async fn break_glass(
    core: &Core,
    resident_number: &str,
    reason: &str,
    text: &str,
) -> Result<Outcome, Problem> {
    let invalid = |field: &str| Problem::Invalid { field: field.to_owned() };
    let body = BreakGlass {
        id: BreakGlassId::new(&*core.world),
        resident_number: name::required(resident_number, 50).map_err(|_| invalid("residentNumber"))?,
        reason: BreakGlassReason::from(name::required(reason, 100).map_err(|_| invalid("reason"))?.as_str()),
        text: name::required(text, 500).map_err(|_| invalid("text"))?,
    };
    let _one_at_a_time = core.deciding.lock().await;
    let (phone, session) = core.signed_in()?;
    let snapshot = core.snapshot();
    if snapshot.open_visit().is_some_and(|(visit, _)| dispatch_of(&snapshot, visit).is_some()) {
        return Err(Problem::VisitOpen);
    }
    let broken = loop {
        let asked = core.asked(&session);
        let broken = call(core, &phone, session.id, |station, credential| {
            station.break_glass(credential, body.clone())
        })
        .await?;
        core.withheld.learn(broken.keys.iter().map(|key| key.lock), &broken.without);
        let phone = keys::acquainted(core, phone.clone(), broken.keys.iter().map(|key| &key.key)).await;
        let keys = broken.keys.iter().filter_map(|key| keys::verify_shift(key, &phone)).collect::<Vec<_>>();
        match core.store.add_home(&asked, &broken.home, &keys).await? {
            Kept::Whole => break broken,
            // The same emergency, by its id.
            Kept::Overtaken => core.refresh().await?,
            Kept::TooLate => return Err(Problem::SignedOut),
        }
    };
    let told = core.snapshot();
    if let Some((visit, _)) = told.open_visit().filter(|(visit, _)| dispatch_of(&told, visit).is_none()) {
        core.store.close_visit(visit.dispatch, &phone, session.worker, &core.clock).await?;
    }
    begin(core, &broken.home, "broken_glass").await
}
