//! Killed at random moments.

use std::time::Duration;

use anyhow::{Context as _, Result};
use terskel_model::Timestamp;
use terskel_model::world::{ManualWorld, random};
use tokio::time::timeout;

use super::worker::Memory;
use super::{EVENING, Evening, check};
use crate::stage::Stage;

/// A phone that lives longer than this has got somewhere.
const LONGEST_LIFE: Duration = Duration::from_millis(1800);
/// One in so many is killed before it is ready.
const AT_START: u8 = 5;
const LONGEST_START: Duration = Duration::from_millis(250);

/// One evening in which Ada's phone is killed so many times, or fewer if she is done before. Says how often it was.
///
/// # Errors
/// With the seed, when something does not hold.
pub async fn phone(stage: &Stage, seed: u64, most: usize) -> Result<usize> {
    let evening = async { timeout(EVENING, kill_phone(stage, seed, most)).await? };
    evening.await.with_context(|| format!("phone killed, seed {seed}"))
}

async fn kill_phone(stage: &Stage, seed: u64, most: usize) -> Result<usize> {
    let luck = ManualWorld::new(Timestamp::UNIX_EPOCH, seed);
    let evening = Evening::begin(stage, &format!("phone-{seed}")).await?;
    // A new one: to be killed while it is enrolled, too.
    let name = format!("Ada-{seed}");
    let (mut memory, mut kills) = (Memory::default(), 0);
    let view = loop {
        if kills < most && random::<1>(&luck)[0].is_multiple_of(AT_START) {
            let starting = stage.phone(&name);
            // Dropped before it is ready: the process is killed.
            if timeout(moment(&luck, LONGEST_START), starting).await.is_err() {
                kills += 1;
            }
            continue;
        }
        let ada = stage.phone(&name).await?;
        let life = if kills < most { moment(&luck, LONGEST_LIFE) } else { EVENING };
        let done = timeout(life, evening.errand.work(&ada, &mut memory)).await;
        if let Ok(view) = done {
            ada.stop().await?;
            break view?;
        }
        ada.kill().await?;
        kills += 1;
    };
    let moved = evening.moved(stage).await?;
    check::whole(stage, evening.dispatch, (&view, &memory), moved).await?;
    Ok(kills)
}

/// One evening in which the station is killed so many times, or fewer if Ada is done before. Says how often it was.
///
/// # Errors
/// With the seed, when something does not hold.
pub async fn station(stage: Stage, seed: u64, most: usize) -> Result<(Stage, usize)> {
    let evening = async { timeout(EVENING, kill_station(stage, seed, most)).await? };
    evening.await.with_context(|| format!("station killed, seed {seed}"))
}

async fn kill_station(mut stage: Stage, seed: u64, most: usize) -> Result<(Stage, usize)> {
    let luck = ManualWorld::new(Timestamp::UNIX_EPOCH, seed);
    let evening = Evening::begin(&stage, &format!("station-{seed}")).await?;
    let ada = stage.phone(&format!("Ada-{seed}")).await?;
    let (mut memory, mut kills) = (Memory::default(), 0);
    let view = loop {
        let life = if kills < most { moment(&luck, LONGEST_LIFE) } else { EVENING };
        if let Ok(view) = timeout(life, evening.errand.work(&ada, &mut memory)).await {
            break view?;
        }
        kills += 1;
        // The worker goes on meanwhile.
        let working = timeout(moment(&luck, LONGEST_START), evening.errand.work(&ada, &mut memory));
        let (restarted, done) = tokio::join!(stage.restart_station(), working);
        stage = restarted?;
        if let Ok(view) = done {
            break view?;
        }
    };
    ada.stop().await?;
    let moved = evening.moved(&stage).await?;
    check::whole(&stage, evening.dispatch, (&view, &memory), moved).await?;
    Ok((stage, kills))
}

/// Any, up to the longest.
fn moment(luck: &ManualWorld, longest: Duration) -> Duration {
    longest * u32::from(u16::from_be_bytes(random(luck))) / u32::from(u16::MAX)
}
