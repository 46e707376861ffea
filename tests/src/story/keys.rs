//! Who may open what: a lead gives a key for once, takes one away, hears of an emergency, and asks who was inside.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chrono::{SecondsFormat, TimeDelta};
use terskel_api::break_glass::GlassList;
use terskel_api::path;
use terskel_api::permission::{GivenPermission, NewPermission};
use terskel_api::team::{HomeList, OwnTeam, Presence};
use terskel_api::withdrawal::{TakenAway, Withdrawals};
use terskel_companion::interface::{Intent, Outcome, View};
use terskel_model::break_glass::BreakGlassReason;
use terskel_model::door::Operation;
use terskel_model::permission::{Condition, Term, What, When, Who};
use terskel_model::{DispatchId, DoorId, PermissionId, ResidentId, Timestamp, WorkerId, World};
use terskel_simulator::Resident;

use super::Timeline;
use super::visit::{done, door_ready, operate};
use crate::stage::town::{ADA, LEAD};
use crate::stage::{Client, Phone, Stage, until};

/// Keys come and go within this, online.
const AT_ONCE: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_secs(10);

/// The lead at a desk, and what the chapters are about: one home, one worker.
#[derive(Debug)]
pub struct Desk<'a> {
    lead: Client,
    home: &'a Resident,
    resident: ResidentId,
    worker: WorkerId,
}

impl<'a> Desk<'a> {
    /// The lead signs in and finds the home of resident `number`, and Ada.
    ///
    /// # Errors
    /// When the station does not know them.
    pub async fn of(stage: &'a Stage, number: &str) -> Result<Self> {
        let home = stage.resident(number)?;
        let lead = stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
        let name = format!("{} {}", home.first_name, home.last_name);
        let homes: HomeList = lead.get(path::RESIDENTS).await?;
        let found = homes.homes.iter().find(|known| known.name == name).context("the lead sees the home")?;
        let team: OwnTeam = lead.get(path::TEAM).await?;
        let ada = team.workers.iter().find(|worker| worker.name == ADA.name).context("the lead sees Ada")?;
        Ok(Self { home, resident: found.resident, worker: ada.worker, lead })
    }

    /// Whose home it is.
    #[must_use]
    pub fn resident(&self) -> ResidentId {
        self.resident
    }

    /// The lead lets Ada in for good.
    ///
    /// # Errors
    /// When the station refuses.
    pub async fn let_in(&self, world: &dyn World) -> Result<()> {
        self.give(Term::Permanent {}, world).await.map(drop)
    }

    async fn give(&self, term: Term, world: &dyn World) -> Result<GivenPermission> {
        let permission = NewPermission {
            id: PermissionId::new(world),
            who: Who::Worker { worker: self.worker },
            what: What::Residence { resident: self.resident },
            when: When { term, windows: Vec::new() },
            condition: Condition::OnShift,
            operations: vec![Operation::Open, Operation::Lock],
            note: String::new(),
        };
        self.lead.post(path::PERMISSIONS, &permission).await
    }

    async fn take_away(&self, permission: PermissionId) -> Result<TakenAway> {
        self.lead.delete(&path::PERMISSION.replace("{id}", &permission.to_string())).await
    }

    fn first_door(&self) -> Result<(DoorId, &str)> {
        let door = self.home.doors.iter().find(|door| door.lock.is_some()).context("a door with a lock")?;
        Ok((door.id, &door.name))
    }
}

/// Ada may open once: she does, and then no more.
///
/// # Errors
/// At the first thing that does not happen as it should.
pub async fn once(
    desk: &Desk<'_>,
    ada: &Phone,
    world: &dyn World,
    timeline: &mut Timeline<'_>,
) -> Result<()> {
    let term = Term::Once { from: world.now(), until: world.now() + TimeDelta::hours(1) };
    let who = format!("lets {} in at {} {}, once", ADA.name, desk.home.first_name, desk.home.last_name);
    let given = timeline.step(LEAD.name, &who, desk.give(term, world)).await?;
    let visit = begin(desk, ada, timeline).await?;
    let (door, name) = desk.first_door()?;
    timeline.step(ADA.name, &format!("comes near {name}; lock ready"), door_ready(ada, door)).await?;
    let open = || Intent::OpenDoor { dispatch: visit, door };
    timeline.step(ADA.name, &format!("slides; {name} opens"), operate(ada, open(), "opened")).await?;
    let again = refused(ada, open(), "key_used");
    timeline.step(ADA.name, &format!("slides again; {name} stays: it was for once"), again).await?;
    timeline.step(ADA.name, "ends the visit", done(ada, Intent::CloseVisit { dispatch: visit })).await?;
    desk.take_away(given.id).await.map(drop)
}

/// The lead takes a key away while Ada stands at the door: within a second it does not open.
///
/// # Errors
/// At the first thing that does not happen as it should.
pub async fn taken_away(
    desk: &Desk<'_>,
    ada: &Phone,
    world: &dyn World,
    timeline: &mut Timeline<'_>,
) -> Result<()> {
    let given =
        timeline.step(LEAD.name, "lets her in for good", desk.give(Term::Permanent {}, world)).await?;
    let visit = begin(desk, ada, timeline).await?;
    let (door, name) = desk.first_door()?;
    timeline.step(ADA.name, &format!("comes near {name}; lock ready"), door_ready(ada, door)).await?;
    let taken = timeline.step(LEAD.name, "takes it away", desk.take_away(given.id)).await?;
    ensure!(taken.phones.len() == 1, "whose phone had a key: {:?}", taken.phones);
    let gone = async {
        let wiped = |view: &View| key_of(view, door).is_none().then_some(());
        ada.see("the key gone", AT_ONCE, wiped).await?;
        refused(ada, Intent::OpenDoor { dispatch: visit, door }, "key_withdrawn").await
    };
    timeline.step(ADA.name, &format!("slides; {name} stays: taken away"), gone).await?;
    let confirmed = until("the phone's confirmation", SOON, async || confirmations(&desk.lead, &taken).await);
    timeline.step(LEAD.name, "sees that the phone has wiped it", confirmed).await?;
    timeline.step(ADA.name, "ends the visit", done(ada, Intent::CloseVisit { dispatch: visit })).await
}

/// When each phone that had keys confirmed that it has wiped them, once all have.
///
/// # Errors
/// When the station refuses the lead.
pub async fn confirmations(lead: &Client, taken: &TakenAway) -> Result<Option<Vec<Timestamp>>> {
    let orders: Withdrawals = lead.get(path::WITHDRAWALS).await?;
    let order = |id| orders.phones.iter().find(|order| order.id == id);
    Ok(taken.phones.iter().map(|phone| order(phone.id)?.confirmed_at).collect())
}

/// The lead asks who was inside: on the dispatch, by door and hub.
///
/// # Errors
/// When it is not what was played.
pub async fn inside(
    desk: &Desk<'_>,
    dispatch: DispatchId,
    (from, to): (Timestamp, Timestamp),
    timeline: &mut Timeline<'_>,
) -> Result<()> {
    let text = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let path = path::PRESENCE.replace("{id}", &desk.resident.to_string());
    let asking = async {
        let told: Presence = desk.lead.get(&format!("{path}?from={}&to={}", text(from), text(to))).await?;
        let stay = told.stays.iter().find(|stay| stay.dispatch == Some(dispatch));
        let stay = stay.context("the visit is among those who were inside")?;
        ensure!(stay.worker_name == ADA.name, "{} was inside, it is said", stay.worker_name);
        let shown = [stay.opened_at, stay.checked_in_at, stay.checked_out_at, stay.locked_at];
        ensure!(shown.iter().all(Option::is_some), "opened, in, out, locked: {shown:?}");
        Ok(())
    };
    timeline.step(LEAD.name, "asks who was inside: Ada, by door and hub", asking).await
}

/// Ada hears a call for help behind a door that nobody has permitted: she breaks the glass, and the lead is told.
///
/// # Errors
/// At the first thing that does not happen as it should.
pub async fn break_glass(desk: &Desk<'_>, ada: &Phone, timeline: &mut Timeline<'_>) -> Result<()> {
    let text = "Hears a call for help from the flat".to_owned();
    let emergency = Intent::BreakGlass {
        resident_number: desk.home.number.clone(),
        reason: BreakGlassReason::CallsForHelp.as_str().to_owned(),
        text: text.clone(),
    };
    timeline.step(ADA.name, "hears a call for help, breaks the glass", done(ada, emergency)).await?;
    let visit = ada.see("the visit", SOON, |view| view.visit.as_ref().map(|visit| visit.id)).await?;
    let (door, name) = desk.first_door()?;
    timeline.step(ADA.name, &format!("comes near {name}; lock ready"), door_ready(ada, door)).await?;
    let open = Intent::OpenDoor { dispatch: visit, door };
    timeline.step(ADA.name, &format!("slides; {name} opens"), operate(ada, open, "opened")).await?;
    let told = async {
        let broken: GlassList = desk.lead.get(path::BREAK_GLASS).await?;
        let report = broken.reports.iter().find(|report| report.text == text);
        let report = report.context("the lead is told of the emergency")?;
        ensure!(report.worker_name == ADA.name && report.reviewed_at.is_none(), "{report:?}");
        Ok(())
    };
    timeline.step(LEAD.name, "is told, and has it to review", told).await?;
    timeline.step(ADA.name, "ends the visit", done(ada, Intent::CloseVisit { dispatch: visit })).await
}

/// Ada's phone has the home, and she goes there.
async fn begin(desk: &Desk<'_>, ada: &Phone, timeline: &mut Timeline<'_>) -> Result<DispatchId> {
    let listed = |view: &View| (view.roster.openable > 0).then_some(());
    timeline.step(ADA.name, "has the keys on her phone", ada.see("the keys", SOON, listed)).await?;
    let going = async {
        done(ada, Intent::VisitHome { resident: desk.resident, called: false }).await?;
        ada.see("the visit", SOON, |view| view.visit.as_ref().map(|visit| visit.id)).await
    };
    timeline.step(ADA.name, "goes there, without an alarm", going).await
}

/// The door stays as it is, for `reason`.
async fn refused(phone: &Phone, intent: Intent, reason: &str) -> Result<()> {
    let Outcome::Door { result } = phone.must(&intent).await? else { anyhow::bail!("a door has an outcome") };
    let told = (result.outcome.as_str(), result.reason.as_deref());
    ensure!(told == ("refused", Some(reason)), "the door is {told:?}");
    Ok(())
}

fn key_of(view: &View, door: DoorId) -> Option<Timestamp> {
    view.visit.as_ref()?.doors.iter().find(|known| known.id == door)?.key_until
}
