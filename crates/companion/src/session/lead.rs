//! What only a worker who leads a team may do.

use crate::interface::Problem;
use crate::state::Core;
use crate::store::{Phone, Session};

/// Phone and session of a worker who leads a team. The station asks again: this spares a lead who is none the trouble.
pub(crate) fn lead(core: &Core) -> Result<(Phone, Session), Problem> {
    let (phone, session) = core.signed_in()?;
    if session.leads { Ok((phone, session)) } else { Err(Problem::NotLead) }
}
