//! A key for once, one that is taken away, and a door in an emergency: nobody is dispatched.

use anyhow::Result;
use terskel_model::world::SystemWorld;
use terskel_tests::story::{self, Step, Timeline, keys};

use crate::lead_phone;
use crate::shift::{KARI, Shift};

#[tokio::test]
async fn what_the_lead_gives_opens_what_is_taken_away_does_not_and_broken_glass_is_heard_of() -> Result<()> {
    let shift = Shift::begin().await?;
    let mut show = |_: &Step| {};
    let mut timeline = Timeline::new(&SystemWorld, &mut show);
    let desk = keys::Desk::of(&shift.stage, KARI).await?;
    keys::once(&desk, &shift.ada, &SystemWorld, &mut timeline).await?;
    keys::taken_away(&desk, &shift.ada, &SystemWorld, &mut timeline).await?;
    keys::break_glass(&desk, &shift.ada, &mut timeline).await?;
    lead_phone::decides(&shift).await?;
    let moved = story::bolt_movements(&shift.stage.air, shift.stage.resident(KARI)?).await?;
    assert_eq!(moved, 3, "once by each of the lead's screens, and in the emergency");
    shift.end().await
}
