//! Letting one worker into a home: once, or for a while.

use chrono::TimeDelta;
use terskel_api::permission::NewPermission;
use terskel_model::door::Operation;
use terskel_model::permission::{Condition, Term, What, When, Who};
use terskel_model::{PermissionId, ResidentId, Timestamp, WorkerId};

use super::look::read;
use crate::interface::{Outcome, Problem};
use crate::session::{call, lead};
use crate::state::Core;

/// What the lead wants.
pub(crate) struct NewAccess {
    /// The same id is the same permission, however often it is sent.
    pub(crate) id: PermissionId,
    pub(crate) resident: ResidentId,
    pub(crate) worker: WorkerId,
    /// Each door once, or as often as need be.
    pub(crate) once: bool,
    pub(crate) until: Timestamp,
}

/// The phone's clock may be ahead of the station's by the length of an answer. What begins a moment later there gives no key when
/// the worker's phone asks at once, and the next time it asks is minutes away.
const EARLIER: TimeDelta = TimeDelta::minutes(1);

/// Gives it, from now on. The station has it, or says why not; without an answer nobody knows, and asking again is safe.
pub(crate) async fn give(core: &Core, new: NewAccess) -> Result<Outcome, Problem> {
    let (phone, session) = lead(core)?;
    let now = core.clock.now();
    if new.until <= now {
        return Err(Problem::Invalid { field: "until".into() });
    }
    let asked = core.access.asked(new.id, || permission(&new, now - EARLIER));
    call(core, &phone, session.id, move |station, credential| station.give(credential, asked.clone()))
        .await?;
    // It is given, whether it can be shown yet or not.
    let _ = read(core).await;
    Ok(Outcome::Done)
}

fn permission(new: &NewAccess, from: Timestamp) -> NewPermission {
    // What the station stores is whole milliseconds, and asked again it must be the same.
    let whole = |at: Timestamp| Timestamp::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at);
    let (from, until) = (whole(from), whole(new.until));
    let term = if new.once { Term::Once { from, until } } else { Term::Period { from, until } };
    NewPermission {
        id: new.id,
        who: Who::Worker { worker: new.worker },
        what: What::Residence { resident: new.resident },
        when: When { term, windows: Vec::new() },
        condition: Condition::OnShift,
        operations: vec![Operation::Open, Operation::Lock],
        note: String::new(),
    }
}
