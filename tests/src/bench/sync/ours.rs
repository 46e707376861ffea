//! A phone's outbox, to a station.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use terskel_api::admin::NewDoor;
use terskel_companion::interface::{Intent, View};
use terskel_model::door::DoorKind;
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, DispatchId, DoorId};

use super::{Pass, bare};
use crate::bench::dispatch::{PIN, STAFF_NUMBER, alarm, set_up};
use crate::stage::{Network, Phone, PhoneOptions, Station, StationOptions, Weather, town};

/// Intents that wait for each other at the phone's door.
const AT_ONCE: usize = 4;
const SOON: Duration = Duration::from_secs(30);
const ALL_SENT: Duration = Duration::from_secs(600);

/// What came over.
pub(super) struct Sent {
    pub(super) pass: Pass,
    pub(super) bare: Pass,
    /// One event on its way, on average.
    pub(super) bytes_each: usize,
}

/// The worker says `count` times how they passed a door, while nothing gets through.
pub(super) async fn up(count: usize) -> Result<Sent> {
    let dir = tempfile::tempdir()?;
    let network = Network::open().await?;
    let data = dir.path().join("station");
    let options = StationOptions { public_urls: vec![network.url.clone()], ..StationOptions::default() };
    let station = Station::start_with("127.0.0.1:0", &data, dir.path(), options).await?;
    network.lead_to(&station.url)?;
    let phone = switch_on(dir.path()).await?;
    let visit = begin(&station, &network, &phone).await?;

    network.set(Weather::Cut);
    let pass = Intent::PassDoor { dispatch: visit.0, door: visit.1, reason: "stood_open".into() };
    stream::iter(1..count)
        .map(|_| phone.must(&pass))
        .buffer_unordered(AT_ONCE)
        .try_for_each(async |_| Ok(()))
        .await?;
    let (before, from) = (phone.worked()? + station.worked()?, SystemWorld.uptime());
    network.set(Weather::Clear);
    // The last one wakes the outbox, which waits for a better time.
    phone.must(&pass).await?;
    phone.see("all sent", ALL_SENT, nothing_waits).await?;
    let took = SystemWorld.uptime() - from;
    let worked = (phone.worked()? + station.worked()?).saturating_sub(before);

    phone.stop().await?;
    station.stop().await?;
    let rows = bare::rows(&data)?;
    ensure!(rows.events() >= count, "only {} of {count} events came over", rows.events());
    let bare = bare::insert(&rows, &dir.path().join("bare.sqlite"))?;
    Ok(Sent { pass: Pass { took, worked }, bare, bytes_each: rows.bytes_each() })
}

async fn switch_on(dir: &std::path::Path) -> Result<Phone> {
    let data = dir.join("phone");
    std::fs::create_dir_all(&data)?;
    let options = PhoneOptions {
        name: "Ada",
        data: &data,
        logs: dir,
        listen: "127.0.0.1:0",
        // No door here has a lock.
        bus: "unix:path=/nowhere",
        ui: None,
        under: &[],
    };
    Phone::start(options).await
}

/// Enrols, signs in, and accepts a dispatch; hands out whereto and by which door.
async fn begin(station: &Station, network: &Network, phone: &Phone) -> Result<(DispatchId, DoorId)> {
    let admin = station.client(Some(station.token("administrator", "Bench").await?));
    let centre = station.client(Some(station.token("response-centre", "Bench").await?));
    let door = NewDoor {
        id: DoorId::new(&SystemWorld),
        kind: DoorKind::Flat,
        name: "Leilighet".into(),
        lock: None,
        code: None,
        physical_key: None,
    };
    let id = door.id;
    set_up(&admin, vec![door]).await?;
    let code = town::enrolment_code(&admin, "Bench").await?.expose().to_owned();
    let enrol = Intent::Enrol { station_url: network.url.clone(), code, phone_name: "Bench".into() };
    phone.must(&enrol).await?;
    phone.must(&Intent::SignIn { staff_number: STAFF_NUMBER.into(), pin: PIN.into() }).await?;
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
