//! A phone's outbox, to a station.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use terskel_companion::interface::{Intent, View};
use terskel_model::door::DoorKind;
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, DispatchId, DoorId};

use super::bare::Place;
use super::{Over, Pass, door, enrol, phone, sign_in};
use crate::bench::dispatch::{alarm, set_up};
use crate::stage::{Network, Phone, Station, StationOptions, Weather};

/// Intents that wait for each other at the phone's door.
const AT_ONCE: usize = 4;
const SOON: Duration = Duration::from_secs(30);
const ALL_SENT: Duration = Duration::from_secs(600);

/// The worker says `count` times how they passed a door, while nothing gets through.
pub(super) async fn send(count: usize) -> Result<Over> {
    let dir = tempfile::tempdir()?;
    let network = Network::open().await?;
    let data = dir.path().join("station");
    let options = StationOptions { public_urls: vec![network.url.clone()], ..StationOptions::default() };
    let station = Station::start_with("127.0.0.1:0", &data, dir.path(), options).await?;
    network.lead_to(&station.url)?;
    let phone = phone(dir.path()).await?;
    let visit = begin(&station, &network, &phone).await?;

    network.set(Weather::Cut)?;
    let pass = Intent::PassDoor { dispatch: visit.0, door: visit.1, reason: "stood_open".into() };
    stream::iter(1..count)
        .map(|_| phone.must(&pass))
        .buffer_unordered(AT_ONCE)
        .try_for_each(async |_| Ok(()))
        .await?;
    let (before, from) = (phone.worked()? + station.worked()?, SystemWorld.uptime());
    network.set(Weather::Clear)?;
    // The last one wakes the outbox, which waits for a better time.
    phone.must(&pass).await?;
    phone.see("all sent", ALL_SENT, nothing_waits).await?;
    let took = SystemWorld.uptime() - from;
    let worked = (phone.worked()? + station.worked()?).saturating_sub(before);

    phone.stop().await?;
    station.stop().await?;
    let place = Place {
        file: data.join("station.sqlite"),
        key: None,
        tables: &["phone_events", "audit", "log_entries"],
        // In base64.
        bytes: "LENGTH(signed) * 4 / 3",
        step: 100,
    };
    let rows = place.rows()?;
    ensure!(rows.count() >= count, "only {} of {count} events came over", rows.count());
    let bare = place.insert(&rows, &dir.path().join("bare.sqlite"))?;
    Ok(Over { pass: Pass { took, worked }, bare, bytes_each: rows.bytes_each })
}

/// Enrols, signs in, and accepts a dispatch; hands out whereto and by which door.
async fn begin(station: &Station, network: &Network, phone: &Phone) -> Result<(DispatchId, DoorId)> {
    let admin = station.client(Some(station.token("administrator", "Bench").await?));
    let centre = station.client(Some(station.token("response-centre", "Bench").await?));
    let door = door(DoorKind::Flat);
    let id = door.id;
    set_up(&admin, vec![door]).await?;
    enrol(phone, &admin, &network.url).await?;
    phone.must(&sign_in()).await?;
    let (dispatch, _) = alarm(&centre, 0).await?;
    let alerted = |view: &View| view.alerts.iter().any(|alert| alert.id == dispatch).then_some(());
    phone.see("the alert", SOON, alerted).await?;
    phone.must(&Intent::Accept { dispatch }).await?;
    phone.see("nothing waits", SOON, nothing_waits).await.context("before the network is cut")?;
    Ok((dispatch, id))
}

fn nothing_waits(view: &View) -> Option<()> {
    (view.status.unsent == 0).then_some(())
}
