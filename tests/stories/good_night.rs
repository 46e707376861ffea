//! The main job as it should be, and who may read of it afterwards.

use anyhow::{Result, ensure};
use terskel_model::world::SystemWorld;
use terskel_tests::stage::town::{ADA, LEAD};
use terskel_tests::story::{self, Timeline, audit};

use crate::shift::{KARI, Shift};

#[tokio::test]
async fn from_dispatch_to_closed_visit_and_only_the_lead_reads_of_it() -> Result<()> {
    let shift = Shift::begin().await?;
    let mut show = |_: &story::Step| {};
    let mut timeline = Timeline::new(&SystemWorld, &mut show);
    let anybody = shift.stage.station.client(None);
    let earlier = story::export::checkpoint(&anybody).await?;
    let dispatch =
        story::play(&shift.stage, &shift.ada, &shift.bo, KARI, "good-night", &mut timeline).await?;

    let resident = shift.stage.resident(KARI)?;
    assert_eq!(story::bolt_movements(&shift.stage.air, resident).await?, 3, "two doors opened, one locked");
    let lead = anybody.lead(LEAD.staff_number, LEAD.pin).await?;
    audit::verify(&lead.audit(dispatch).await?, resident)?;
    let said = story::export::investigate(&lead, dispatch, &earlier).await?;
    ensure!(said.len() == 6, "accepted once, refused five times: {said:?}");

    for other in [&anybody, &shift.stage.centre, &shift.stage.admin] {
        ensure!(other.audit(dispatch).await.is_err(), "somebody who does not lead the team reads the trail");
    }
    ensure!(anybody.lead(ADA.staff_number, ADA.pin).await.is_err(), "Ada leads no team");
    shift.end().await
}
