//! The homes of the lead's team, as the station has them now. They are kept in memory alone.

use terskel_api::team::{HomeDoor, HomeSummary};

use super::lead;
use crate::interface::{Answer, Problem, TeamDoor, TeamHome};
use crate::session::call;
use crate::state::Core;

/// Asks the station.
pub(crate) async fn team_homes(core: &Core) -> Result<Answer, Problem> {
    let (phone, session) = lead(core)?;
    let list = call(core, &phone, session.id, |station, credential| station.homes(credential)).await?;
    let homes: Vec<_> = list.homes.into_iter().map(home).collect();
    core.install.keep_homes(&homes);
    Ok(Answer::TeamHomes { homes })
}

fn home(home: HomeSummary) -> TeamHome {
    TeamHome {
        resident: home.resident,
        name: home.name,
        address: home.address,
        town: home.town,
        doors: home.doors.into_iter().map(door).collect(),
    }
}

fn door(door: HomeDoor) -> TeamDoor {
    TeamDoor {
        id: door.door,
        name: door.name,
        kind: door.kind.as_str().to_owned(),
        has_lock: door.lock.is_some(),
    }
}
