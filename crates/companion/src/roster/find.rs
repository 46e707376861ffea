//! Looking for a home.

use std::collections::HashMap;

use terskel_api::key::KeyHome;
use terskel_model::{LockId, Timestamp};

use crate::interface::{Answer, FoundHome, Problem};
use crate::state::Core;

use super::{Alphabet, fold};

/// Nobody reads more on a phone: whoever looks for somebody types another letter.
const MOST: u32 = 50;

/// The homes in whose name or address all words of `text` stand; all, where there are none. In the order of `language`.
pub(crate) async fn find_homes(core: &Core, text: &str, language: &str) -> Result<Answer, Problem> {
    core.signed_in()?;
    let found = core.store.find_homes(&fold::asked(text), Alphabet::of(language), MOST).await?;
    let locks =
        found.homes.iter().flat_map(|home| &home.doors).filter_map(|door| Some(door.lock.as_ref()?.id));
    let keys = core.store.openable(&locks.collect::<Vec<_>>(), core.clock.now()).await?;
    let homes = found.homes.iter().map(|home| shown(home, &keys)).collect();
    Ok(Answer::Homes { homes, total: found.total })
}

fn shown(home: &KeyHome, keys: &HashMap<LockId, Timestamp>) -> FoundHome {
    let locks = || home.doors.iter().filter_map(|door| door.lock.as_ref());
    let resident = &home.resident;
    FoundHome {
        resident: resident.id,
        name: format!("{} {}", resident.first_name, resident.last_name),
        address: resident.address.clone(),
        town: resident.town.clone(),
        phone_number: resident.phone_number.clone(),
        doors: home.doors.iter().map(|door| door.name.clone()).collect(),
        has_lock: locks().next().is_some(),
        key_until: locks().filter_map(|lock| keys.get(&lock.id)).min().copied(),
    }
}
