//! From the lead's word to the last phone: a team's permission is taken away, and every phone that has a key by it wipes
//! it and confirms. Real phones on the real stream; the end is the time at which the station has stored a phone's signed
//! confirmation, by the clock of this machine.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use terskel_api::admin::{Created, NewWorker};
use terskel_api::permission::{GivenPermission, NewPermission};
use terskel_api::team::HomeList;
use terskel_api::withdrawal::TakenAway;
use terskel_api::{Secret, path};
use terskel_companion::interface::{Intent, View};
use terskel_model::door::Operation;
use terskel_model::permission::{Condition, Term, What, When, Who};
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, PermissionId, Timestamp, WorkerId};

use super::line::Line;
use super::quantile_ms;
use crate::stage::town::{self, LEAD};
use crate::stage::{Client, Phone, Stage, until};
use crate::story::keys::confirmations;

/// Setting a phone up costs the station one argon2id: more at a time would only queue.
const AT_ONCE: usize = 4;
const SOON: Duration = Duration::from_secs(30);
const PIN: &str = "2580";

/// Gives and takes away `rounds` times, with `phones` phones.
///
/// # Errors
/// When a phone does not get its key, or does not confirm that it is gone.
pub async fn measure(phones: usize, rounds: usize) -> Result<Vec<Line>> {
    let stage = Stage::set("demo", None).await?;
    let lead = stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
    let on_shift: Vec<Phone> = stream::iter(0..phones)
        .map(|number| on_shift(&stage, number))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut samples = Vec::with_capacity(phones * rounds);
    for _ in 0..rounds {
        let given = give(&stage, &lead).await?;
        try_join_all(on_shift.iter().map(|phone| phone.see("the key", SOON, holds_a_key))).await?;
        samples.extend(take_away(&lead, given.id, phones).await?);
        let none = |view: &View| holds_a_key(view).is_none().then_some(());
        try_join_all(on_shift.iter().map(|phone| phone.see("no key", SOON, none))).await?;
    }
    try_join_all(on_shift.into_iter().map(Phone::stop)).await?;
    stage.clear().await?;
    let line = |what: &str, quantile| {
        Line::new(
            format!("taken away to wiped and confirmed, {phones} phones at once: {what}"),
            quantile_ms(&samples, quantile),
            "ms",
        )
    };
    let worst_of_hundred = line("99th percentile", 0.99);
    let seconds = worst_of_hundred.value / 1000.0;
    Ok(vec![
        line("median", 0.5),
        worst_of_hundred.promising("seconds", seconds, 1.0),
        line("the slowest", 1.0),
    ])
}

/// A worker of their own, on shift, signed in on a phone of their own.
async fn on_shift(stage: &Stage, number: usize) -> Result<Phone> {
    let staff_number = format!("{}", 2000 + number);
    let worker = NewWorker {
        staff_number: staff_number.clone(),
        name: format!("Worker {number}"),
        pin: Secret::new(PIN),
        leads: None,
        organisation: None,
    };
    let worker: Created = stage.admin.post(path::WORKERS, &worker).await?;
    town::shift(&stage.admin, WorkerId(worker.id), stage.town.team, &SystemWorld).await?;
    let name = format!("phone-{number}");
    let phone = stage.phone(&name).await?;
    stage.enrol(&phone, &name).await?;
    phone.must(&Intent::SignIn { staff_number, pin: PIN.into() }).await?;
    Ok(phone)
}

/// The whole team may open the first home with a lock.
async fn give(stage: &Stage, lead: &Client) -> Result<GivenPermission> {
    let with_lock = |home: &&terskel_simulator::Resident| home.doors.iter().any(|door| door.lock.is_some());
    let home = stage.street.residents.iter().find(with_lock).context("nobody has a lock")?;
    let name = format!("{} {}", home.first_name, home.last_name);
    let homes: HomeList = lead.get(path::RESIDENTS).await?;
    let home = homes.homes.iter().find(|known| known.name == name).context("the lead sees the home")?;
    let permission = NewPermission {
        id: PermissionId::new(&SystemWorld),
        who: Who::Team { team: stage.town.team },
        what: What::Residence { resident: home.resident },
        when: When { term: Term::Permanent {}, windows: Vec::new() },
        condition: Condition::OnShift,
        operations: vec![Operation::Open, Operation::Lock],
        note: String::new(),
    };
    lead.post(path::PERMISSIONS, &permission).await
}

fn holds_a_key(view: &View) -> Option<()> {
    (view.roster.openable > 0).then_some(())
}

/// How long each phone took.
async fn take_away(lead: &Client, permission: PermissionId, phones: usize) -> Result<Vec<Duration>> {
    let url = path::PERMISSION.replace("{id}", &permission.to_string());
    let said = SystemWorld.now();
    let taken: TakenAway = lead.delete(&url).await?;
    ensure!(taken.phones.len() == phones, "{} of {phones} phones had keys", taken.phones.len());
    let confirmed =
        until("all phones' confirmations", SOON, async || confirmations(lead, &taken).await).await?;
    let after = |at: Timestamp| (at - said).to_std().context("confirmed before it was said");
    confirmed.into_iter().map(after).collect()
}
