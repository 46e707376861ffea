//! The network of Ada's phone fails as networks do. Everything arrives, once; nobody is signed out; the screen says what
//! waits.

use anyhow::{Result, ensure};
use terskel_companion::interface::View;
use terskel_model::world::SystemWorld;
use terskel_tests::stage::town::{ADA, LEAD};
use terskel_tests::stage::{SECOND_GENERATION, Weather};
use terskel_tests::story::{self, Timeline, audit, outage};

use crate::shift::{KARI, Shift};

/// Of the connections that break; another one finds other places.
const SEED: u64 = 5;

/// With the link cut it is a chapter of the demo.
#[tokio::test]
async fn a_visit_behind_a_hotels_page() -> Result<()> {
    let shift = Shift::begin_out().await?;
    visit_through(&shift, "portal", Weather::Portal).await?;
    shift.end().await
}

/// A certificate that is somebody else's is as good as no network, and so is a name that nobody knows.
#[tokio::test]
async fn a_visit_where_somebody_else_shows_a_certificate_and_one_where_nobody_knows_the_stations_name()
-> Result<()> {
    let shift = Shift::begin_out_with_names().await?;
    visit_through(&shift, "stranger", Weather::Stranger).await?;
    visit_through(&shift, "nameless", Weather::Nameless).await?;
    shift.end().await
}

/// The network fails when Ada has accepted, and is back when she has ended the visit.
async fn visit_through(shift: &Shift, reference: &str, weather: Weather) -> Result<()> {
    let mut show = |_: &story::Step| {};
    let mut timeline = Timeline::new(&SystemWorld, &mut show);
    let (phones, how) = ((&shift.ada, &shift.bo), (reference, weather));
    let outage = outage::play(&shift.stage, phones, KARI, how, &SystemWorld, &mut timeline).await?;
    // Three movements of bolts, in and out, the end; lock reports where their sessions were over.
    ensure!(outage.waited >= 6, "{outage:?}");
    Ok(())
}

#[tokio::test]
async fn a_visit_on_a_second_generation_network() -> Result<()> {
    whole_visit_in(SECOND_GENERATION).await
}

#[tokio::test]
async fn a_visit_on_a_network_that_breaks_connections_in_the_middle_of_a_word() -> Result<()> {
    whole_visit_in(Weather::Lossy { seed: SEED, one_in: 6 }).await
}

/// The main job, all of it in this weather.
async fn whole_visit_in(weather: Weather) -> Result<()> {
    let shift = Shift::begin_out().await?;
    shift.stage.network(ADA)?.set(weather)?;
    let mut show = |_: &story::Step| {};
    let mut timeline = Timeline::new(&SystemWorld, &mut show);
    let dispatch = story::play(&shift.stage, &shift.ada, &shift.bo, KARI, "weather", &mut timeline).await?;
    let lead = shift.stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
    audit::verify(&lead.audit(dispatch).await?, shift.stage.resident(KARI)?)?;
    let well =
        |view: &View| view.session.is_some() && !view.status.sign_in_needed && view.refusals.is_empty();
    let view = shift.ada.see("the screen", story::visit::SOON, |view| Some(view.clone())).await?;
    ensure!(well(&view), "the weather has signed Ada out, or an event was refused: {view:#?}");
    shift.end().await
}
