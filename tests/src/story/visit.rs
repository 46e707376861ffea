//! The main job, from dispatch to closed visit, with two phones on shift.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use terskel_companion::interface::{AlertView, DoorView, Intent, Outcome, Reach, View, VisitView};
use terskel_model::{DispatchId, DoorId};
use terskel_simulator::Resident;

use super::Timeline;
use crate::stage::town::{ADA, BO};
use crate::stage::{Phone, Stage, until};

/// An alert is on every phone of the shift within this.
const ALERTED: Duration = Duration::from_secs(5);
/// Finding and preparing a lock or hub.
const REACHED: Duration = Duration::from_secs(30);
/// Anything else.
pub const SOON: Duration = Duration::from_secs(10);

/// Plays the story at the home of resident `number`.
///
/// # Errors
/// At the first thing that does not happen as it should.
pub async fn play(
    stage: &Stage,
    ada: &Phone,
    bo: &Phone,
    number: &str,
    reference: &str,
    timeline: &mut Timeline<'_>,
) -> Result<DispatchId> {
    let dispatch = accepted(stage, ada, bo, number, reference, timeline).await?;
    inside(stage.resident(number)?, ada, dispatch, timeline).await?;
    timeline.step("Station", "has the whole visit", closed(stage, ada, dispatch)).await?;
    Ok(dispatch)
}

/// From the alarm to Ada on her way.
///
/// # Errors
/// At the first thing that does not happen as it should.
pub async fn accepted(
    stage: &Stage,
    ada: &Phone,
    bo: &Phone,
    number: &str,
    reference: &str,
    timeline: &mut Timeline<'_>,
) -> Result<DispatchId> {
    let resident = stage.resident(number)?;
    let who = format!("{} {}", resident.first_name, resident.last_name);
    let alarm = stage.alarm(number, reference);
    let dispatch = timeline.step("Response centre", &format!("calls the team out to {who}"), alarm).await?.id;

    let alerted = async {
        let (ada, bo) = tokio::join!(alert(ada, dispatch), alert(bo, dispatch));
        let (ada, _) = (ada?, bo?);
        let details = ada.details.context("an open alert tells who and where")?;
        ensure!(details.last_name == resident.last_name, "the alert is about {}", details.last_name);
        Ok(())
    };
    timeline.step("Both phones", "show the alert", alerted).await?;
    timeline.step("Both phones", "have acknowledged delivery", delivered(stage, dispatch, 2)).await?;

    let decline = Intent::Decline { dispatch, reason: "busy".into() };
    timeline.step(BO.name, "declines: with another resident", done(bo, decline)).await?;
    timeline
        .step(ADA.name, "accepts; the arrival clock runs", done(ada, Intent::Accept { dispatch }))
        .await?;
    timeline.step(BO.name, "sees that Ada has it", taken(bo, dispatch, ADA.name)).await?;
    Ok(dispatch)
}

/// From the street to the end of the visit: for none of it the station is needed.
///
/// # Errors
/// At the first thing that does not happen as it should.
pub async fn inside(
    resident: &Resident,
    ada: &Phone,
    dispatch: DispatchId,
    timeline: &mut Timeline<'_>,
) -> Result<()> {
    for door in resident.doors.iter().filter(|door| door.lock.is_some()) {
        let name = &door.name;
        timeline.step(ADA.name, &format!("comes near {name}; lock ready"), door_ready(ada, door.id)).await?;
        let open = Intent::OpenDoor { dispatch, door: door.id };
        timeline.step(ADA.name, &format!("slides; {name} opens"), operate(ada, open, "opened")).await?;
    }
    if resident.hub.is_some() {
        timeline.step(ADA.name, "hub ready", hub_ready(ada)).await?;
        timeline.step(ADA.name, "checks in on the hub", done(ada, Intent::CheckIn { dispatch })).await?;
        timeline.step(ADA.name, "helps, checks out", done(ada, Intent::CheckOut { dispatch })).await?;
    }
    if let Some(flat) = resident.doors.iter().rev().find(|door| door.lock.is_some()) {
        let lock = Intent::LockDoor { dispatch, door: flat.id };
        timeline.step(ADA.name, &format!("locks {}", flat.name), operate(ada, lock, "locked")).await?;
    }
    timeline.step(ADA.name, "ends the visit", done(ada, Intent::CloseVisit { dispatch })).await
}

/// The alert, as soon as the phone shows it.
///
/// # Errors
/// When it does not within seconds.
pub async fn alert(phone: &Phone, dispatch: DispatchId) -> Result<AlertView> {
    phone.see("the alert", ALERTED, |view| find(view, dispatch).cloned()).await
}

/// The centre is told how many phones have the alert.
///
/// # Errors
/// When it is not told of so many within seconds.
pub async fn delivered(stage: &Stage, dispatch: DispatchId, phones: u32) -> Result<()> {
    until("delivery acknowledged", SOON, async || {
        let progress = stage.centre.progress(dispatch).await?;
        Ok((progress.delivered == phones).then_some(()))
    })
    .await
}

/// The phone shows that somebody else has it.
///
/// # Errors
/// When it does not within seconds.
pub async fn taken(phone: &Phone, dispatch: DispatchId, by: &str) -> Result<()> {
    let is_taken = |alert: &AlertView| alert.taken && alert.taken_by.as_deref() == Some(by);
    phone.see("taken", ALERTED, |view| find(view, dispatch).filter(|alert| is_taken(alert)).map(drop)).await
}

/// The lock of a door is prepared: one slide away.
///
/// # Errors
/// When it is not within half a minute.
pub async fn door_ready(phone: &Phone, door: DoorId) -> Result<()> {
    let ready = |view: &View| door_of(view, door).filter(|door| door.reach == Reach::Ready).map(drop);
    phone.see("lock ready", REACHED, ready).await
}

/// The hub is prepared.
///
/// # Errors
/// When it is not within half a minute.
pub async fn hub_ready(phone: &Phone) -> Result<()> {
    let reach = |view: &View| view.visit.as_ref()?.hub.as_ref().map(|hub| hub.reach);
    phone.see("hub ready", REACHED, |view| (reach(view)? == Reach::Ready).then_some(())).await
}

/// The worker does something that simply gets done.
///
/// # Errors
/// When it does not.
pub async fn done(phone: &Phone, intent: Intent) -> Result<()> {
    let outcome = phone.must(&intent).await?;
    ensure!(outcome == Outcome::Done, "{intent:?} came to {outcome:?}");
    Ok(())
}

/// The worker slides; what came of it is `expected`, a `DoorOutcome`.
///
/// # Errors
/// When something else came of it.
pub async fn operate(phone: &Phone, intent: Intent, expected: &str) -> Result<()> {
    let Outcome::Door { result } = phone.must(&intent).await? else { anyhow::bail!("a door has an outcome") };
    ensure!(result.outcome == expected, "the door is {}: {:?}", result.outcome, result.reason);
    Ok(())
}

/// Nothing waits on the phone any longer, and the centre sees the dispatch closed.
///
/// # Errors
/// When it is not so within seconds.
pub async fn closed(stage: &Stage, phone: &Phone, dispatch: DispatchId) -> Result<()> {
    let sent = |view: &View| (view.status.unsent == 0 && view.visit.is_none()).then_some(());
    phone.see("everything sent", SOON, sent).await?;
    until("closed", SOON, async || Ok(stage.centre.progress(dispatch).await?.closed_at.map(drop))).await
}

fn find(view: &View, dispatch: DispatchId) -> Option<&AlertView> {
    view.alerts.iter().find(|alert| alert.id == dispatch)
}

fn door_of(view: &View, door: DoorId) -> Option<&DoorView> {
    let visit: &VisitView = view.visit.as_ref()?;
    visit.doors.iter().find(|known| known.id == door)
}
