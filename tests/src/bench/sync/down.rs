//! A team's homes, to a phone that has just been signed in on.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use terskel_api::admin::{Created, NewResident};
use terskel_api::path;
use terskel_companion::interface::View;
use terskel_model::TeamId;
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, door::DoorKind};

use super::bare::Place;
use super::{Over, Pass, enrol, phone, sign_in};
use crate::bench::dispatch::set_up;
use crate::stage::{Client, KEY_FILE, Station};

/// Residents that an administrator enters at the same time.
const AT_ONCE: usize = 8;
const ALL_HERE: Duration = Duration::from_secs(600);

/// The team has `count` residents, with a door each; measured is from the sign-in, its PIN included.
pub(super) async fn fetch(count: usize) -> Result<Over> {
    let dir = tempfile::tempdir()?;
    let station = Station::start("127.0.0.1:0", &dir.path().join("station"), dir.path()).await?;
    let admin = station.client(Some(station.token("administrator", "Bench").await?));
    let team = set_up(&admin, vec![]).await?;
    stream::iter(1..count)
        .map(|number| move_in(&admin, team, number))
        .buffer_unordered(AT_ONCE)
        .try_for_each(async |()| Ok(()))
        .await?;
    let phone = phone(dir.path()).await?;
    enrol(&phone, &admin, &station.url).await?;

    let (before, from) = (phone.worked()? + station.worked()?, SystemWorld.uptime());
    phone.must(&sign_in()).await?;
    let all = |view: &View| {
        let roster = view.roster;
        (roster.whole && usize::try_from(roster.here).is_ok_and(|here| here == count)).then_some(())
    };
    phone.see("all homes", ALL_HERE, all).await?;
    let took = SystemWorld.uptime() - from;
    let worked = (phone.worked()? + station.worked()?).saturating_sub(before);

    phone.stop().await?;
    station.stop().await?;
    let data = dir.path().join("phone");
    let place = Place {
        file: data.join("phone.db"),
        key: Some(std::fs::read(data.join(KEY_FILE)).context("the phone has a key")?),
        tables: &["roster"],
        bytes: "LENGTH(body)",
        step: 200,
    };
    let rows = place.rows()?;
    ensure!(rows.count() == count, "{} of {count} homes came over", rows.count());
    let bare = place.insert(&rows, &dir.path().join("bare.db"))?;
    Ok(Over { pass: Pass { took, worked }, bare, bytes_each: rows.bytes_each })
}

async fn move_in(admin: &Client, team: TeamId, number: usize) -> Result<()> {
    let resident = NewResident {
        number: format!("{}", 1000 + number),
        team,
        first_name: format!("Kari {number}"),
        last_name: "Nordmann".into(),
        birth_year: Some(1942),
        address: format!("Storgata {number}"),
        town: "Bergen".into(),
        phone_number: "+47 55 50 01 10".into(),
        way_in: "Inngang fra gårdsrommet, tredje etasje, til venstre.".into(),
        time_zone: None,
        doors: vec![super::door(DoorKind::Flat)],
        hub: None,
    };
    admin.post::<Created>(path::RESIDENTS, &resident).await.map(drop)
}
