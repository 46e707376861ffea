//! Looking at the code of a door's keypad.

use terskel_model::{DispatchId, DoorId};

use crate::interface::{Outcome, Problem};
use crate::state::Core;

/// Gives the code, once it is written down that the worker looked at it.
pub(crate) async fn show_code(core: &Core, dispatch: DispatchId, door: DoorId) -> Result<Outcome, Problem> {
    let (phone, session) = core.signed_in()?;
    let snapshot = core.snapshot();
    let (_, body) = snapshot.open_visit().filter(|(v, _)| v.dispatch == dispatch).ok_or(Problem::NotFound)?;
    let mut doors = body.details.iter().flat_map(|details| &details.doors);
    let code = doors.find(|known| known.id == door).and_then(|known| known.code.as_ref());
    let code = code.ok_or(Problem::NotFound)?.expose().to_owned();
    core.store.code_shown((dispatch, door), &phone, session.worker, &core.clock).await?;
    core.outbox.notify_one();
    core.refresh().await?;
    Ok(Outcome::Code { code })
}
