//! A short run of what `cargo xtask soak crash` and `soak disk` do for long.

use anyhow::Result;
use terskel_tests::soak::crash::{self, Fault};
use terskel_tests::stage::Stage;

/// Of the moments; another one finds other places.
const SEED: u64 = 20;

#[tokio::test]
async fn a_phone_that_is_killed_again_and_again_loses_nothing_and_tells_nothing_twice() -> Result<()> {
    let stage = Stage::set("demo", None).await?;
    let kills = crash::phone(&stage, SEED, 8).await?;
    anyhow::ensure!(kills >= 4, "it was killed {kills} times only");
    stage.clear().await
}

#[tokio::test]
async fn a_station_that_is_killed_again_and_again_loses_nothing_and_has_nothing_twice() -> Result<()> {
    let stage = Stage::set("demo", None).await?;
    let (stage, kills) = crash::station(stage, SEED, 5).await?;
    anyhow::ensure!(kills >= 3, "it was killed {kills} times only");
    stage.clear().await
}

#[tokio::test]
async fn a_disk_that_fails_in_the_middle_of_a_visit_loses_nothing_that_was_told() -> Result<()> {
    let stage = Stage::set("demo", None).await?;
    crash::enrolled(&stage).await?;
    anyhow::ensure!(crash::disk(&stage, Fault::WriteFails, 60).await?, "a visit has more writes than that");
    stage.clear().await
}
