//! What only a lead asks.

use terskel_api::permission::{GivenPermission, HomeAccess, NewPermission};
use terskel_api::team::{OwnTeam, TeamPhones};
use terskel_api::withdrawal::{TakenAway, Withdrawals};
use terskel_model::{PermissionId, PhoneId, ResidentId};

use super::{Answer, Credential};

/// Of the team that the worker leads (`terskel_api::path`).
pub(crate) trait LeadStation: Send + Sync {
    /// Its people.
    fn team<'a>(&'a self, credential: &'a Credential) -> Answer<'a, OwnTeam>;
    /// Its phones.
    fn team_phones<'a>(&'a self, credential: &'a Credential) -> Answer<'a, TeamPhones>;
    /// Who can get into a home.
    fn home_access<'a>(&'a self, credential: &'a Credential, resident: ResidentId) -> Answer<'a, HomeAccess>;
    /// Gives a permission; the same id is the same permission.
    fn give<'a>(&'a self, credential: &'a Credential, body: NewPermission) -> Answer<'a, GivenPermission>;
    /// Takes one away; as often as one likes.
    fn take_away<'a>(&'a self, credential: &'a Credential, id: PermissionId) -> Answer<'a, TakenAway>;
    /// Bars a phone; as often as one likes.
    fn report_lost<'a>(&'a self, credential: &'a Credential, phone: PhoneId) -> Answer<'a, Withdrawals>;
    /// What phones were told to wipe, the newest first.
    fn withdrawals<'a>(&'a self, credential: &'a Credential) -> Answer<'a, Withdrawals>;
}
