//! The lead is out too, and decides on her phone: she lets Ada in, takes it away, and bars a phone that is lost.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use chrono::TimeDelta;
use terskel_api::path;
use terskel_api::team::OwnTeam;
use terskel_companion::interface::{AccessView, Answer, HomeAccessView, Intent, Question, View};
use terskel_model::world::SystemWorld;
use terskel_model::{Clock as _, PermissionId, PhoneId, ResidentId};
use terskel_tests::stage::town::{self, ADA, LEAD};
use terskel_tests::stage::{Phone, Stage};
use terskel_tests::story::visit::{done, door_ready};

use crate::shift::{KARI, Shift};

const SOON: Duration = Duration::from_secs(10);
/// A phone that is online wipes and confirms, and the lead reads it.
const CONFIRMED: Duration = Duration::from_secs(3);

/// Plays it; Ada is on shift, and nobody has let her in at Kari's.
pub(crate) async fn decides(shift: &Shift) -> Result<()> {
    let siv = on_shift(&shift.stage).await?;
    let resident = karis_home(&siv, &shift.stage).await?;
    let (door, _) = *shift.doors()?.first().context("Kari has a door")?;
    done(&siv, Intent::LookAtHome { resident }).await?;

    let once = give(&siv, resident, true).await?;
    shift.ada.see("the keys", SOON, |view| (view.roster.openable > 0).then_some(())).await?;
    done(&shift.ada, Intent::VisitHome { resident, called: false }).await?;
    let visit = shift.ada.see("the visit", SOON, |view| view.visit.as_ref().map(|visit| visit.id)).await?;
    door_ready(&shift.ada, door).await?;
    ensure!(shift.ada_slides(visit, door).await? == ("opened".into(), None));
    done(&shift.ada, Intent::CloseVisit { dispatch: visit }).await?;
    done(&siv, Intent::TakeAccessAway { permission: once }).await?;

    let period = give(&siv, resident, false).await?;
    let keys = home(&siv, |home| (!home.permissions.first()?.keys.is_empty()).then_some(()));
    keys.await.context("the lead sees Ada's keys")?;
    done(&siv, Intent::TakeAccessAway { permission: period }).await?;
    shift.ada.see("the keys gone", SOON, |view| (view.roster.openable == 0).then_some(())).await?;
    let confirmed = |access: &AccessView| access.orders.first().filter(|order| order.own)?.confirmed_at;
    siv.see("the phone's confirmation", CONFIRMED, |view| confirmed(view.access.as_ref()?)).await?;
    home(&siv, |home| home.permissions.is_empty().then_some(())).await?;

    let lost = adas_phone(&siv).await?;
    done(&siv, Intent::ReportPhoneLost { phone: lost }).await?;
    let why = |view: &View| view.taken_away.as_deref().filter(|_| view.session.is_none()).map(str::to_owned);
    ensure!(shift.ada.see("nothing left", SOON, why).await? == "phone_lost");
    siv.see("the phone's confirmation", CONFIRMED, |view| confirmed(view.access.as_ref()?)).await?;
    siv.stop().await
}

async fn on_shift(stage: &Stage) -> Result<Phone> {
    let desk = stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
    let team: OwnTeam = desk.get(path::TEAM).await?;
    let worker = team.workers.iter().find(|worker| worker.name == LEAD.name).context("the lead")?.worker;
    town::shift(&stage.admin, worker, stage.town.team, &SystemWorld).await?;
    let siv = stage.phone("Siv").await?;
    stage.enrol(&siv, LEAD.name).await?;
    stage.sign_in(&siv, LEAD).await?;
    Ok(siv)
}

async fn karis_home(siv: &Phone, stage: &Stage) -> Result<ResidentId> {
    let kari = stage.resident(KARI)?;
    let name = format!("{} {}", kari.first_name, kari.last_name);
    siv.see("the homes", SOON, |view| view.roster.whole.then_some(())).await?;
    match siv.ask(&Question::TeamHomes).await? {
        Answer::TeamHomes { homes } => {
            Ok(homes.iter().find(|home| home.name == name).context("Kari's home")?.resident)
        }
        other => bail!("{other:?}"),
    }
}

/// To Ada, for an hour.
async fn give(siv: &Phone, resident: ResidentId, once: bool) -> Result<PermissionId> {
    let ada = |home: &HomeAccessView| Some(home.people.iter().find(|person| person.name == ADA.name)?.worker);
    let worker = home(siv, ada).await?;
    let permission = PermissionId::new(&SystemWorld);
    let until = SystemWorld.now() + TimeDelta::hours(1);
    let give = Intent::GiveAccess { permission, resident, worker, once, until };
    done(siv, give.clone()).await?;
    // Tapped twice, it is one permission.
    done(siv, give).await?;
    home(siv, |home| (home.permissions.len() == 1).then_some(())).await?;
    Ok(permission)
}

async fn home<T>(siv: &Phone, seen: impl Fn(&HomeAccessView) -> Option<T>) -> Result<T> {
    let look = |view: &View| seen(view.access.as_ref()?.home.as_ref()?);
    // It is read again every ten seconds.
    siv.see("Kari's home", SOON + SOON, look).await
}

async fn adas_phone(siv: &Phone) -> Result<PhoneId> {
    done(siv, Intent::LookAtPhones).await?;
    let of_ada = |view: &View| {
        let phones = view.access.as_ref()?.phones.as_ref()?;
        Some(phones.iter().find(|phone| phone.worker_name == ADA.name)?.id)
    };
    siv.see("Ada's phone", SOON, of_ada).await
}
