//! The homes of the team, two to a page.

use terskel_api::key::KeyHome;
use terskel_api::roster::RosterPage;
use terskel_model::ResidentId;

use super::FakeStation;
use crate::station_client::StationError;

const PAGE: usize = 2;

/// A station from before there were rosters has none.
#[derive(Default)]
pub(super) struct Roster {
    /// In the order in which they changed; those without a body are gone.
    homes: Option<Vec<(ResidentId, Option<KeyHome>)>>,
    given: usize,
    until_break: Option<usize>,
}

impl FakeStation {
    /// Homes are new, have changed, or are gone. Whoever listens is told.
    pub(crate) fn change_roster(&self, changes: impl IntoIterator<Item = (ResidentId, Option<KeyHome>)>) {
        let mut state = self.state();
        let homes = state.roster.homes.get_or_insert_default();
        for (resident, home) in changes {
            homes.retain(|(known, _)| *known != resident);
            homes.push((resident, home));
        }
        drop(state);
        self.say("event: roster\ndata: {}\n\n");
    }

    /// The worker is on shift in another team.
    pub(crate) fn replace_roster(&self, homes: impl IntoIterator<Item = (ResidentId, Option<KeyHome>)>) {
        self.state().roster.homes = None;
        self.change_roster(homes);
    }

    /// The network is gone after so many more pages.
    pub(crate) fn break_after_pages(&self, pages: Option<usize>) {
        self.state().roster.until_break = pages;
    }

    /// How many pages it has given.
    pub(crate) fn pages(&self) -> usize {
        self.state().roster.given
    }

    pub(super) fn roster_page(&self, after: Option<&str>) -> Result<Option<RosterPage>, StationError> {
        let roster = &mut self.state().roster;
        let Some(homes) = &roster.homes else { return Ok(None) };
        if let Some(left) = &mut roster.until_break {
            *left = left.checked_sub(1).ok_or(StationError::NoNetwork)?;
        }
        roster.given += 1;
        let known = after.and_then(|id| homes.iter().position(|(resident, _)| resident.to_string() == id));
        let rest = &homes[known.map_or(0, |place| place + 1)..];
        let part = &rest[..rest.len().min(PAGE)];
        let total = homes.iter().filter(|(_, home)| home.is_some()).count();
        let last = part.last().map(|(id, _)| id.to_string());
        Ok(Some(RosterPage {
            cursor: last.or(after.map(str::to_owned)).unwrap_or_default(),
            anew: known.is_none(),
            more: rest.len() > PAGE,
            total: u32::try_from(total).unwrap(),
            homes: part.iter().filter_map(|(_, home)| home.clone()).collect(),
            removed: part.iter().filter(|(_, home)| home.is_none()).map(|(id, _)| *id).collect(),
        }))
    }
}
