//! A phone of the team is lost: the station bars it, and tells it to wipe everything when it is heard of.

use terskel_model::PhoneId;

use super::take_away::follow;
use crate::interface::{Outcome, Problem};
use crate::session::{call, lead};
use crate::state::Core;

/// Reports it; not the one in hand.
pub(crate) async fn report_lost(core: &Core, lost: PhoneId) -> Result<Outcome, Problem> {
    let (phone, session) = lead(core)?;
    if lost == phone.id {
        return Err(Problem::Invalid { field: "phone".into() });
    }
    let told =
        call(core, &phone, session.id, move |station, credential| station.report_lost(credential, lost));
    follow(core, told.await?.phones).await;
    Ok(Outcome::Done)
}
