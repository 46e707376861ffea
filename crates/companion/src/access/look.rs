//! Looking at a home or at the phones of the team: read now, and again for as long as the lead looks.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use terskel_api::permission::HomeAccess;
use terskel_api::team::{TeamPhone, TeamWorker};
use terskel_api::withdrawal::PhoneWithdrawal;
use tokio::time::sleep;

use super::desk::{AccessLive, Subject};
use crate::interface::{Outcome, Problem};
use crate::session::{call, lead};
use crate::state::Core;
use crate::station_client::StationError;
use crate::store::{Phone, Session};
use crate::visit::AbortOnDrop;

/// How long what is shown may be old.
const AGAIN: Duration = Duration::from_secs(10);
/// The same while a phone is about to confirm: one that is online does within a second.
const SOON: Duration = Duration::from_secs(1);
const EXPECTED_WITHIN: TimeDelta = TimeDelta::seconds(30);

/// Begins to look. Reads on also where the first answer does not come.
pub(crate) async fn look(core: &Arc<Core>, subject: Subject) -> Result<Outcome, Problem> {
    let (_, session) = lead(core)?;
    core.access.reading(None);
    core.show(|live| live.access = Some(AccessLive::new(session.id, subject)));
    let first = read(core).await;
    // The lead may look at something else by now.
    if shown(core) == Some(subject) {
        core.access.reading(Some(AbortOnDrop(tokio::spawn(keep_reading(core.clone())))));
    }
    first.map(|()| Outcome::Done)
}

/// Looks no longer: nothing of it stays.
pub(crate) fn stop_looking(core: &Core) -> Outcome {
    core.access.reading(None);
    core.access.forget();
    core.show(|live| live.access = None);
    Outcome::Done
}

fn shown(core: &Core) -> Option<Subject> {
    core.show(|live| live.access.as_ref().map(|access| access.subject))
}

/// Until the lead looks away, the app locks, or the session is over.
async fn keep_reading(core: Arc<Core>) {
    loop {
        let pause = if is_confirmation_near(&core) { SOON } else { AGAIN };
        tokio::select! {
            () = nobody_looks(&core) => {
                // The last that this task does.
                stop_looking(&core);
                return;
            }
            // There may be something to wait for now.
            () = core.access.done.notified() => continue,
            () = sleep(pause) => {}
        }
        if let Err(problem) = read(&core).await {
            tracing::debug!(?problem, "not read again");
        }
    }
}

async fn nobody_looks(core: &Core) {
    // The engine has its views as long as it is there.
    let _ = core.views().wait_for(|view| view.access.is_none()).await;
}

fn is_confirmation_near(core: &Core) -> bool {
    let now = core.clock.now();
    let awaited = |order: &PhoneWithdrawal| {
        order.confirmable
            && order.confirmed_at.is_none()
            && order.keys_until.is_some()
            && now - order.ordered_at < EXPECTED_WITHIN
    };
    core.show(|live| live.access.as_ref().is_some_and(|access| access.orders.iter().any(awaited)))
}

/// Asks for what is looked at, and shows it, or why it did not come.
pub(super) async fn read(core: &Core) -> Result<(), Problem> {
    let (phone, session) = lead(core)?;
    let Some(subject) = shown(core) else { return Ok(()) };
    let answer = ask(core, &phone, &session, subject).await;
    let now = core.clock.now();
    let problem = answer.as_ref().err().map(|error| Problem::from(error.clone()));
    core.show(|live| {
        let Some(access) = live.access.as_mut().filter(|access| access.subject == subject) else { return };
        access.problem.clone_from(&problem);
        if let Ok(read) = answer {
            (access.home, access.phones, access.orders) = (read.home, read.phones, read.orders);
            access.people = read.people;
            access.read_at = Some(now);
        }
    });
    problem.map_or(Ok(()), Err)
}

struct Read {
    home: Option<HomeAccess>,
    people: Vec<TeamWorker>,
    phones: Option<Vec<TeamPhone>>,
    orders: Vec<PhoneWithdrawal>,
}

async fn ask(core: &Core, phone: &Phone, session: &Session, subject: Subject) -> Result<Read, StationError> {
    let (mut home, mut people, mut phones) = (None, Vec::new(), None);
    match subject {
        Subject::Home(resident) => {
            let access = call(core, phone, session.id, move |station, credential| {
                station.home_access(credential, resident)
            });
            home = Some(access.await?);
            people =
                call(core, phone, session.id, |station, credential| station.team(credential)).await?.workers;
        }
        Subject::Phones => {
            let list = call(core, phone, session.id, |station, credential| station.team_phones(credential));
            phones = Some(list.await?.phones);
        }
    }
    let orders = call(core, phone, session.id, |station, credential| station.withdrawals(credential)).await?;
    Ok(Read { home, people, phones, orders: orders.phones })
}
