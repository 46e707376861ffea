//! What is the case when a worker wants a key.

use super::{TimeZone, WorkerRole};
use crate::door::Operation;
use crate::{
    BreakGlassId, DispatchId, DoorId, OrganisationId, PermissionId, PhoneId, ResidentId, TeamId, Timestamp,
    WorkerId,
};

/// One worker, on one phone, wants one thing of one door on the way to one resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What is wanted of the lock.
    pub operation: Operation,
    /// Of which door.
    pub door: DoorId,
    /// On the way to whom.
    pub residence: Residence,
    /// Who wants it.
    pub worker: WorkerId,
    /// On which phone.
    pub phone: PhoneId,
    /// The worker's organisation, if it is not the station's own.
    pub organisation: Option<OrganisationId>,
    /// The team that the worker leads.
    pub leads: Option<TeamId>,
    /// The shift that the worker is on.
    pub shift: Option<OnDuty>,
    /// The dispatch to this residence that the worker has accepted, on this phone, and not yet closed.
    pub dispatch: Option<InHand>,
    /// The worker has broken the glass for this residence.
    pub break_glass: Option<BrokenGlass>,
    /// What was done so far with permissions for once.
    pub uses: Vec<Use>,
}

/// A home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residence {
    /// Who lives there.
    pub resident: ResidentId,
    /// Which team goes there.
    pub team: TeamId,
    /// Where its clocks stand.
    pub time_zone: TimeZone,
}

/// A shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDuty {
    /// In which team.
    pub team: TeamId,
    /// As what.
    pub role: WorkerRole,
    /// Not from then on.
    pub ends_at: Timestamp,
}

/// A dispatch that the worker has in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InHand {
    /// Which.
    pub dispatch: DispatchId,
}

/// Glass that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenGlass {
    /// Names it.
    pub id: BreakGlassId,
    /// When.
    pub at: Timestamp,
}

/// A key that was issued by a permission for once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// By which.
    pub permission: PermissionId,
    /// For which door.
    pub door: DoorId,
    /// For which phone.
    pub phone: PhoneId,
    /// When that key ends.
    pub key_until: Timestamp,
    /// The door was opened with it, or may have been.
    pub opened: bool,
    /// It still locks: nobody took it back, it is of the lock that is in the door now, and of the dispatch in hand, where it is
    /// of one.
    pub held: bool,
}
