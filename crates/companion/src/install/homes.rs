//! The homes that a lead can install locks in: those of the team on shift, which are on the phone anyway.

use terskel_api::dispatch::Door;
use terskel_api::key::KeyHome;

use super::lead;
use crate::interface::{Answer, Problem, TeamDoor, TeamHome};
use crate::state::Core;

/// All of them, in no order.
pub(crate) async fn team_homes(core: &Core) -> Result<Answer, Problem> {
    lead(core)?;
    let homes = core.store.team_homes().await?.into_iter().map(shown).collect();
    Ok(Answer::TeamHomes { homes })
}

pub(super) fn shown(home: KeyHome) -> TeamHome {
    let resident = home.resident;
    TeamHome {
        resident: resident.id,
        name: format!("{} {}", resident.first_name, resident.last_name),
        address: resident.address,
        town: resident.town,
        doors: home.doors.into_iter().map(door).collect(),
    }
}

fn door(door: Door) -> TeamDoor {
    TeamDoor {
        id: door.id,
        name: door.name,
        kind: door.kind.as_str().to_owned(),
        has_lock: door.lock.is_some(),
    }
}
