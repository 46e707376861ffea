//! What the lead has in hand: the one thing that is looked at, and what was asked of the station.

use std::sync::{Mutex, PoisonError};

use terskel_api::permission::{HomeAccess, NewPermission};
use terskel_api::team::{TeamPhone, TeamWorker};
use terskel_api::withdrawal::PhoneWithdrawal;
use terskel_model::{PermissionId, ResidentId, SessionId, Timestamp, WithdrawalId};
use tokio::sync::Notify;

use crate::interface::Problem;
use crate::visit::AbortOnDrop;

/// Shared by the intents.
#[derive(Default)]
pub(crate) struct AccessDesk {
    /// Something was done that phones may have to confirm.
    pub(super) done: Notify,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    reading: Option<AbortOnDrop>,
    asked: Option<NewPermission>,
}

impl AccessDesk {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who reads again; an older one ends.
    pub(super) fn reading(&self, task: Option<AbortOnDrop>) {
        self.kept().reading = task;
    }

    /// What was asked for under this id: with the beginning that it had the first time, or it would be another permission.
    pub(super) fn asked(&self, id: PermissionId, new: impl FnOnce() -> NewPermission) -> NewPermission {
        let mut kept = self.kept();
        let before = kept.asked.take().filter(|asked| asked.id == id);
        kept.asked.insert(before.unwrap_or_else(new)).clone()
    }

    pub(super) fn forget(&self) {
        self.kept().asked = None;
    }
}

/// What a lead looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A home.
    Home(ResidentId),
    /// The phones of the team.
    Phones,
}

/// What is looked at, as the station said it last.
#[derive(Clone)]
pub(crate) struct AccessLive {
    /// Nobody else's: with another session it is not shown.
    pub(crate) session: SessionId,
    pub(crate) subject: Subject,
    pub(crate) home: Option<HomeAccess>,
    /// Whom the lead may let in.
    pub(crate) people: Vec<TeamWorker>,
    pub(crate) phones: Option<Vec<TeamPhone>>,
    /// What phones were told to wipe, the newest first.
    pub(crate) orders: Vec<PhoneWithdrawal>,
    /// Those that came of what was done here.
    pub(crate) own_orders: Vec<WithdrawalId>,
    /// When the station said so.
    pub(crate) read_at: Option<Timestamp>,
    /// Why it could not be read again since.
    pub(crate) problem: Option<Problem>,
}

impl AccessLive {
    pub(super) fn new(session: SessionId, subject: Subject) -> Self {
        Self {
            session,
            subject,
            home: None,
            people: Vec::new(),
            phones: None,
            orders: Vec::new(),
            own_orders: Vec::new(),
            read_at: None,
            problem: None,
        }
    }
}

/// Without names.
impl std::fmt::Debug for AccessLive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessLive").field("subject", &self.subject).finish_non_exhaustive()
    }
}
