//! A worker who does what the screen shows, whatever has happened to the programs meanwhile.

use std::time::Duration;

use anyhow::Result;
use terskel_api::Secret;
use terskel_companion::interface::{DoorView, Intent, Outcome, View, VisitView};
use terskel_model::{DispatchId, DoorId};
use tokio::time::sleep;

use crate::stage::town::{self, ADA};
use crate::stage::{Client, Phone, Stage};

/// The screen is there, or the phone is not.
const SCREEN: Duration = Duration::from_secs(10);
/// Before the screen is looked at again.
const BREATH: Duration = Duration::from_millis(40);

/// What the worker is out for.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub(super) dispatch: DispatchId,
    /// Who sees how far it is.
    pub(super) centre: Client,
    pub(super) admin: Client,
    pub(super) station_url: String,
}

/// What the worker remembers of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// How often they slid.
    pub(super) slides: usize,
    /// The outcomes that the screen has told.
    pub(super) told: Vec<String>,
    /// How often they asked the hub for a check-in, and for a check-out.
    pub(super) asked: (usize, usize),
}

impl Errand {
    pub(super) fn new(stage: &Stage, dispatch: DispatchId) -> Self {
        let (centre, admin) = (stage.centre.clone(), stage.admin.clone());
        Self { dispatch, centre, admin, station_url: stage.station.url.clone() }
    }

    /// Works until the visit is over and the station knows all of it; hands out the last screen.
    ///
    /// # Errors
    /// When the phone is gone.
    pub(super) async fn work(&self, ada: &Phone, memory: &mut Memory) -> Result<View> {
        loop {
            let view = ada.see("the screen", SCREEN, |view| Some(view.clone())).await?;
            if let Some(intent) = self.next(&view).await? {
                self.carry_out(ada, intent, memory).await?;
            } else if view.status.unsent == 0 && self.is_over().await {
                return Ok(view);
            }
            sleep(BREATH).await;
        }
    }

    async fn carry_out(&self, ada: &Phone, intent: Intent, memory: &mut Memory) -> Result<()> {
        let slid = matches!(intent, Intent::OpenDoor { .. } | Intent::LockDoor { .. });
        memory.slides += usize::from(slid);
        memory.asked.0 += usize::from(matches!(intent, Intent::CheckIn { .. }));
        memory.asked.1 += usize::from(matches!(intent, Intent::CheckOut { .. }));
        // What did not go through is tried again: the screen still shows it.
        if let Ok(Outcome::Door { result }) = ada.intend(&intent).await? {
            memory.told.push(result.outcome);
        }
        Ok(())
    }

    /// A station that is down says nothing.
    async fn is_over(&self) -> bool {
        self.centre.progress(self.dispatch).await.is_ok_and(|progress| progress.closed_at.is_some())
    }

    async fn next(&self, view: &View) -> Result<Option<Intent>> {
        let dispatch = self.dispatch;
        if !view.enrolled {
            // The code of a try that was cut off may be used up.
            let Ok(code) = town::enrolment_code(&self.admin, ADA.name).await else { return Ok(None) };
            return Ok(Some(self.enrol(&code)));
        }
        if view.session.is_none() || view.status.sign_in_needed {
            let (staff_number, pin) = (ADA.staff_number.into(), ADA.pin.into());
            return Ok(Some(Intent::SignIn { staff_number, pin }));
        }
        if let Some(visit) = &view.visit {
            return Ok(inside(visit, dispatch));
        }
        let open = view.alerts.iter().any(|alert| alert.id == dispatch && !alert.taken);
        Ok(open.then_some(Intent::Accept { dispatch }))
    }

    fn enrol(&self, code: &Secret) -> Intent {
        Intent::Enrol {
            station_url: self.station_url.clone(),
            code: code.expose().to_owned(),
            phone_name: ADA.name.into(),
        }
    }
}

/// Doors in order, in and out at the hub, lock, end.
fn inside(visit: &VisitView, dispatch: DispatchId) -> Option<Intent> {
    let busy = visit.hub.as_ref().is_some_and(|hub| hub.working);
    if busy || visit.doors.iter().any(|door| door.working.is_some()) {
        return None;
    }
    let locked: Vec<&DoorView> = visit.doors.iter().filter(|door| door.has_lock).collect();
    let open = |door: DoorId| Intent::OpenDoor { dispatch, door };
    if let Some(door) = locked.iter().find(|door| !last(door, &["opened", "locked"])) {
        return Some(open(door.id));
    }
    if let Some(hub) = &visit.hub {
        if hub.checked_in_at.is_none() {
            return Some(Intent::CheckIn { dispatch });
        }
        if hub.checked_out_at.is_none() {
            return Some(Intent::CheckOut { dispatch });
        }
    }
    match locked.last() {
        Some(flat) if !last(flat, &["locked"]) => Some(Intent::LockDoor { dispatch, door: flat.id }),
        _ => Some(Intent::CloseVisit { dispatch }),
    }
}

fn last(door: &DoorView, outcomes: &[&str]) -> bool {
    door.last.as_ref().is_some_and(|last| outcomes.contains(&last.outcome.as_str()))
}
