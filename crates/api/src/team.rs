//! What a lead looks up: the homes and the people of the own team, its visits, and who was inside a home.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use terskel_model::dispatch::Cause;
use terskel_model::door::DoorKind;
use terskel_model::{DispatchId, DoorId, LockId, OrganisationId, PhoneId, ResidentId, TeamId, WorkerId};

/// The homes that a team goes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HomeList {
    /// By address.
    pub homes: Vec<HomeSummary>,
}

/// One home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HomeSummary {
    /// Whose.
    pub resident: ResidentId,
    /// First and last name.
    pub name: String,
    /// Street and number.
    pub address: String,
    /// Town.
    pub town: String,
    /// The doors on the way in, from the street.
    pub doors: Vec<HomeDoor>,
    /// Workers can check in there.
    pub has_hub: bool,
}

/// A door of a home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HomeDoor {
    /// The door.
    pub door: DoorId,
    /// Its name.
    pub name: String,
    /// What kind of door.
    pub kind: DoorKind,
    /// Its electronic lock, if it has one.
    pub lock: Option<LockId>,
}

/// The people of a team, and those of others whom its lead may let in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnTeam {
    /// The team.
    pub team: TeamId,
    /// Its name.
    pub name: String,
    /// Whoever leads it or has had a shift in it in the last year, by name.
    pub workers: Vec<TeamWorker>,
    /// Other organisations, by name.
    pub organisations: Vec<OtherOrganisation>,
}

/// A worker of a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamWorker {
    /// Who.
    pub worker: WorkerId,
    /// Their name.
    pub name: String,
    /// The number on the staff card.
    pub staff_number: String,
    /// Leads the team.
    pub leads: bool,
    /// On shift now, until then.
    pub on_shift_until: Option<DateTime<Utc>>,
    /// Signed in on this phone.
    pub phone: Option<PhoneInUse>,
}

/// A phone that somebody is signed in on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneInUse {
    /// The phone.
    pub phone: PhoneId,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// The phones of a team, by name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamPhones {
    /// Those that somebody has been signed in on, on a shift in the team, in the last 90 days; of the lost ones those that
    /// were reported in the last 30 days.
    pub phones: Vec<TeamPhone>,
}

/// A phone of a team, whether somebody is signed in on it or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamPhone {
    /// The phone.
    pub phone: PhoneId,
    /// Its name.
    pub name: String,
    /// Who of the team was signed in on it last.
    pub worker: WorkerId,
    /// Their name.
    pub worker_name: String,
    /// Since when.
    pub signed_in_at: DateTime<Utc>,
    /// Not any more since then; absent while they are.
    pub signed_out_at: Option<DateTime<Utc>>,
    /// It was reported lost: nobody signs in on it any more.
    pub lost_at: Option<DateTime<Utc>>,
}

/// Another organisation whose people may be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OtherOrganisation {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
}

/// The dispatches of a team that came in between two times, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitList {
    /// At most 500; the older ones are asked for by an earlier `to`.
    pub visits: Vec<VisitSummary>,
}

/// A dispatch and what became of it, UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitSummary {
    /// The dispatch.
    pub dispatch: DispatchId,
    /// To whom.
    pub resident: ResidentId,
    /// First and last name.
    pub resident_name: String,
    /// Why.
    pub cause: Cause,
    /// When the station took it.
    pub received_at: DateTime<Utc>,
    /// Who accepted.
    pub worker_name: Option<String>,
    /// When.
    pub accepted_at: Option<DateTime<Utc>>,
    /// Nobody had accepted in time.
    pub unanswered: bool,
    /// Nobody had checked in in time.
    pub overdue: bool,
    /// When the worker checked in.
    pub arrived_at: Option<DateTime<Utc>>,
    /// When the visit was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Who was inside a home between two times.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Presence {
    /// Whose home.
    pub resident: ResidentId,
    /// In the order of their beginning.
    pub stays: Vec<Stay>,
}

/// One person's time inside, as far as anything shows it. Times are those of the device that saw it, UTC.
///
/// It begins with the door of the home opened by them, or with their check-in; it ends with check-out, or with the door
/// locked by them. A stay without an end is not known to have ended. Who walked in with somebody else leaves no trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stay {
    /// Who.
    pub worker: WorkerId,
    /// Their name.
    pub worker_name: String,
    /// On which dispatch.
    pub dispatch: Option<DispatchId>,
    /// The door of the home opened: told by the phone, after the lock's own answer.
    pub opened_at: Option<DateTime<Utc>>,
    /// Checked in: a receipt that the hub in the home has signed.
    pub checked_in_at: Option<DateTime<Utc>>,
    /// Checked out: a receipt of the hub.
    pub checked_out_at: Option<DateTime<Utc>>,
    /// The door locked after that: told by the phone, after the lock's own answer.
    pub locked_at: Option<DateTime<Utc>>,
}

impl Stay {
    /// When it began, as far as anything shows.
    #[must_use]
    pub fn begins_at(&self) -> Option<DateTime<Utc>> {
        [self.opened_at, self.checked_in_at].into_iter().flatten().min()
    }

    /// When it ended; `None`: not known to have ended.
    #[must_use]
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.checked_out_at.max(self.locked_at)
    }
}
