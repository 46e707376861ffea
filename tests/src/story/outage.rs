//! Ada's phone is without network for a whole visit. Afterwards everybody knows the same.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;
use terskel_companion::interface::{Answer, NetworkState, Question, View};
use terskel_model::{Clock, DispatchId};

use super::visit::{accepted, closed, inside};
use super::{Timeline, audit};
use crate::stage::town::{ADA, BO, LEAD};
use crate::stage::{Phone, Stage, Weather};

/// A phone notices within this that it is alone.
const NOTICED: Duration = Duration::from_secs(15);
const SOON: Duration = Duration::from_secs(10);

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Outage {
    /// Events that waited on the phone when the network came back.
    pub waited: u32,
    /// From the network's return until the station had them all, in milliseconds.
    pub sent_after_ms: u64,
    /// What each of them says of the visit in the end; it is the same.
    pub in_the_end: InTheEnd,
}

/// `open` or `closed`, as each of them tells it.
#[derive(Clone, Debug, Serialize)]
pub struct InTheEnd {
    ada: &'static str,
    bo: &'static str,
    station: &'static str,
}

/// Kari presses her alarm, Ada accepts, the network fails (`weather`: how), and is back when the visit has ended.
///
/// # Errors
/// At the first thing that does not happen as it should.
pub async fn play(
    stage: &Stage,
    (ada, bo): (&Phone, &Phone),
    number: &str,
    (reference, weather): (&str, Weather),
    clock: &dyn Clock,
    timeline: &mut Timeline<'_>,
) -> Result<Outage> {
    let resident = stage.resident(number)?;
    let dispatch = accepted(stage, ada, bo, number, reference, timeline).await?;
    ada.see("all sent", SOON, |view| (view.status.unsent == 0).then_some(())).await?;

    stage.network(ADA)?.set(weather)?;
    timeline.step("Network", "fails; Ada's phone says so", alone(ada)).await?;
    inside(resident, ada, dispatch, timeline).await?;
    let waiting = ada.see("what waits", SOON, |view| (view.status.unsent > 0).then(|| view.clone()));
    let alone =
        timeline.step(ADA.name, "sees what waits to be sent, and is still signed in", waiting).await?;
    still_on_shift(&alone)?;
    let progress = stage.centre.progress(dispatch).await?;
    ensure!(progress.arrived_at.is_none() && progress.closed_at.is_none(), "the station knows: {progress:?}");

    let back = clock.uptime();
    stage.network(ADA)?.set(Weather::Clear)?;
    timeline
        .step("Network", "is back; the station has the whole visit", closed(stage, ada, dispatch))
        .await?;
    let sent_after = clock.uptime() - back;
    let same = same_state(stage, (ada, bo), dispatch, number);
    let in_the_end = timeline.step("Everybody", "both phones and the station tell the same", same).await?;
    Ok(Outage {
        waited: alone.status.unsent,
        sent_after_ms: u64::try_from(sent_after.as_millis()).unwrap_or(u64::MAX),
        in_the_end,
    })
}

/// The status line says that no alerts come in.
async fn alone(phone: &Phone) -> Result<()> {
    let offline = |view: &View| (view.status.network == NetworkState::Offline).then_some(());
    phone.see("offline", NOTICED, offline).await
}

fn still_on_shift(view: &View) -> Result<()> {
    ensure!(view.session.is_some() && !view.status.sign_in_needed, "the outage has signed Ada out");
    ensure!(view.refusals.is_empty(), "something was refused: {:?}", view.refusals);
    ensure!(
        view.status.network == NetworkState::Offline,
        "the phone believes to be {:?}",
        view.status.network
    );
    Ok(())
}

/// The lead's trail is that of any other visit; Ada's phone has it among those of today, whole; to Bo it is over.
async fn same_state(
    stage: &Stage,
    (ada, bo): (&Phone, &Phone),
    dispatch: DispatchId,
    number: &str,
) -> Result<InTheEnd> {
    let lead = stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
    audit::verify(&lead.audit(dispatch).await?, stage.resident(number)?)?;
    let online = |view: &View| {
        let quiet = view.visit.is_none() && view.status.unsent == 0 && !view.status.sign_in_needed;
        (view.status.network == NetworkState::Online && quiet).then(|| view.clone())
    };
    ada.see("online, with nothing to do", SOON, online).await.context(ADA.name)?;
    let bos = bo.see("online, with nothing to do", SOON, online).await.context(BO.name)?;
    let progress = stage.centre.progress(dispatch).await?;
    let Answer::VisitsToday { visits } = ada.ask(&Question::VisitsToday).await? else {
        bail!("another question was answered");
    };
    let visit = visits.iter().find(|visit| visit.id == dispatch).context("the visit is among today's")?;
    ensure!(visit.unsent == 0, "{} events of the visit wait", visit.unsent);
    ensure!(visit.arrived_at.is_some() == progress.arrived_at.is_some(), "{visit:?}, {progress:?}");
    let open = |is_open: bool| if is_open { "open" } else { "closed" };
    let told = InTheEnd {
        ada: open(visit.closed_at.is_none()),
        bo: open(bos.alerts.iter().any(|alert| alert.id == dispatch)),
        station: open(progress.closed_at.is_none()),
    };
    ensure!(told.ada == told.station && told.bo == told.station, "they tell different things: {told:?}");
    Ok(told)
}
