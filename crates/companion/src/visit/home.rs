//! Going to a home of the team without having been dispatched, with the keys of the shift, where there are some.

use terskel_api::dispatch::{Dispatch, DispatchDetails};
use terskel_api::key::KeyHome;
use terskel_model::dispatch::{Cause, DispatchPhase};
use terskel_model::{DispatchId, ResidentId, Timestamp};

use crate::interface::{Outcome, Problem};
use crate::state::Core;

/// Begins the visit. Its doors are opened, and its hub is checked in at, as on a dispatch; there is no alarm,
/// or none that this phone knows of: the station joins them.
pub(crate) async fn visit_home(core: &Core, resident: ResidentId, called: bool) -> Result<Outcome, Problem> {
    let _one_at_a_time = core.deciding.lock().await;
    core.signed_in()?;
    if core.snapshot().open_visit().is_some() {
        return Err(Problem::VisitOpen);
    }
    let home = core.store.home(resident).await?.ok_or(Problem::NotFound)?;
    begin(core, &home, if called { "called" } else { "no_alarm" }).await
}

/// Begins a visit that nobody was dispatched to. `why`: in place of an alarm's cause.
pub(super) async fn begin(core: &Core, home: &KeyHome, why: &str) -> Result<Outcome, Problem> {
    let (phone, session) = core.signed_in()?;
    let visit = own_visit(home, DispatchId::new(&*core.world), core.clock.now(), why);
    let begun = core.store.begin_own_visit(&visit, why, &phone, &session, &core.clock).await?;
    core.outbox.notify_one();
    core.refresh().await?;
    if begun { Ok(Outcome::Done) } else { Err(Problem::SignedOut) }
}

fn own_visit(home: &KeyHome, id: DispatchId, now: Timestamp, why: &str) -> Dispatch {
    Dispatch {
        id,
        revision: 0,
        phase: DispatchPhase::Accepted,
        mine: true,
        declined: false,
        accepted_by: None,
        visit: None,
        raised_at: now,
        accept_by: now,
        unanswered_since: None,
        accepted_at: Some(now),
        arrive_by: None,
        arrived_at: None,
        closed_at: None,
        details: Some(DispatchDetails {
            cause: Cause::Unknown(why.to_owned()),
            note: String::new(),
            resident: home.resident.clone(),
            doors: home.doors.clone(),
            hub: home.hub.clone(),
        }),
    }
}
