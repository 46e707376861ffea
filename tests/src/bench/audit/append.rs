//! How fast a station takes events into its log: dispatches from a few tools at the same time, each one transaction with
//! one event.

use anyhow::Result;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use terskel_model::Clock as _;
use terskel_model::world::SystemWorld;

use crate::bench::dispatch::{alarm, set_up};
use crate::stage::{Station, StationOptions};

/// Requests at the same time.
const AT_ONCE: usize = 8;

/// Events a second on a fresh station.
pub(super) async fn measure(count: usize, database_url: Option<&str>) -> Result<f64> {
    let dir = tempfile::tempdir()?;
    let options =
        StationOptions { database_url: database_url.map(str::to_owned), ..StationOptions::default() };
    let data = dir.path().join("station");
    let station = Station::start_with("127.0.0.1:0", &data, dir.path(), options).await?;
    let admin = station.client(Some(station.token("administrator", "Bench").await?));
    let centre = station.client(Some(station.token("response-centre", "Bench").await?));
    set_up(&admin, vec![]).await?;
    let from = SystemWorld.uptime();
    stream::iter(0..count)
        .map(|number| alarm(&centre, number))
        .buffer_unordered(AT_ONCE)
        .try_for_each(async |_| Ok(()))
        .await?;
    let took = SystemWorld.uptime() - from;
    station.stop().await?;
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 events")]
    Ok(count as f64 / took.as_secs_f64())
}
