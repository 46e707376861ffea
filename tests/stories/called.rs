//! A neighbour telephones before the alarm does its work: the visit that Ada begins and the dispatch that comes are one. Bo, who
//! was called as well, is told inside his visit.

use anyhow::{Context as _, Result, ensure};
use chrono::{SecondsFormat, TimeDelta};
use terskel_api::path;
use terskel_api::team::VisitList;
use terskel_companion::interface::{Answer, Intent, Question, View, VisitStanding};
use terskel_model::event::EventKind;
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, DispatchId, Timestamp};
use terskel_tests::stage::Phone;
use terskel_tests::stage::town::{ADA, LEAD};
use terskel_tests::story::visit::{self, SOON};
use terskel_tests::story::{Step, Timeline, keys};

use crate::shift::{KARI, Shift};

#[tokio::test]
async fn a_visit_after_a_phone_call_and_the_dispatch_that_comes_later_are_one_everywhere() -> Result<()> {
    let shift = Shift::begin().await?;
    let mut show = |_: &Step| {};
    let mut timeline = Timeline::new(&SystemWorld, &mut show);
    let began = SystemWorld.now() - TimeDelta::minutes(1);
    let desk = keys::Desk::of(&shift.stage, KARI).await?;
    desk.let_in(&SystemWorld).await?;
    shift.ada.see("the keys", SOON, |view| (view.roster.openable > 0).then_some(())).await?;
    let called = Intent::VisitHome { resident: desk.resident(), called: true };
    let own = set_out(&shift.ada, &called).await?;

    let dispatch = shift.stage.alarm(KARI, "called").await?.id;
    let joined = |view: &View| {
        let it = view.visit.as_ref().filter(|visit| visit.arrive_by.is_some())?;
        Some((it.id, it.standing, view.alerts.iter().any(|alert| alert.id == dispatch)))
    };
    let shown = shift.ada.see("the alarm of her visit", SOON, joined).await?;
    ensure!(shown == (own, VisitStanding::Confirmed, false), "{shown:?}");
    visit::taken(&shift.bo, dispatch, ADA.name).await?;

    // Bo sets out all the same, with nothing but his list to tell him.
    let his = set_out(&shift.bo, &called).await?;
    let second = |view: &View| {
        let it = view.visit.as_ref().filter(|visit| visit.standing == VisitStanding::Second)?;
        Some((it.id, it.taken_by.clone()))
    };
    let told = shift.bo.see("that Ada was first", SOON, second).await?;
    ensure!(told == (his, Some(ADA.name.to_owned())), "{told:?}");
    visit::done(&shift.bo, Intent::CloseVisit { dispatch: his }).await?;

    visit::inside(shift.stage.resident(KARI)?, &shift.ada, own, &mut timeline).await?;
    visit::closed(&shift.stage, &shift.ada, dispatch).await?;

    let Answer::VisitsToday { visits } = shift.ada.ask(&Question::VisitsToday).await? else {
        anyhow::bail!("another question was answered");
    };
    ensure!(visits.len() == 1 && visits[0].id == own && visits[0].closed_at.is_some(), "{visits:?}");
    let lead = shift.stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
    let text = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let until = SystemWorld.now() + TimeDelta::minutes(1);
    keys::inside(&desk, dispatch, (began, until), &mut timeline).await?;
    let list: VisitList =
        lead.get(&format!("{}?from={}&to={}", path::VISITS, text(began), text(until))).await?;
    let [visit] = &list.visits[..] else { anyhow::bail!("one visit: {:?}", list.visits) };
    ensure!(visit.dispatch == dispatch && visit.worker_name.as_deref() == Some(ADA.name), "{visit:?}");
    ensure!(visit.arrived_at.is_some() && visit.closed_at.is_some(), "{visit:?}");
    let trail = lead.audit(dispatch).await?;
    let count = |kind: EventKind| trail.entries.iter().filter(|entry| entry.kind == kind).count();
    let told = [
        EventKind::VisitBegun,
        EventKind::DispatchAccepted,
        EventKind::DoorOperated,
        EventKind::CheckedIn,
        EventKind::CheckedOut,
        EventKind::VisitClosed,
    ];
    ensure!(told.clone().map(count) == [1, 1, 3, 1, 1, 1], "{:?}: {:#?}", told.map(count), trail.entries);
    shift.end().await
}

async fn set_out(phone: &Phone, intent: &Intent) -> Result<DispatchId> {
    phone.see("the homes", SOON, |view| view.roster.whole.then_some(())).await?;
    visit::done(phone, intent.clone()).await?;
    phone.see("the visit", SOON, |view| view.visit.as_ref().map(|visit| visit.id)).await.context("set out")
}
