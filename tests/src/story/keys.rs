//! Who may open what: a lead gives a key for once, takes one away, asks who was inside, and takes the trail to somebody who
//! trusts nobody.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chrono::{SecondsFormat, TimeDelta};
use terskel_api::path;
use terskel_api::permission::{GivenPermission, NewPermission};
use terskel_api::team::{HomeList, OwnTeam, Presence};
use terskel_api::withdrawal::TakenAway;
use terskel_companion::interface::{HomeView, Intent, Outcome, View};
use terskel_keys::audit::Export;
use terskel_keys::log::{Checkpoint, LogKey};
use terskel_model::door::Operation;
use terskel_model::permission::{Condition, Term, What, When, Who};
use terskel_model::{DispatchId, DoorId, PermissionId, ResidentId, Timestamp, World, WorkerId};
use terskel_simulator::Resident;

use super::Timeline;
use super::visit::{door_ready, done, operate};
use crate::stage::programs::program;
use crate::stage::station::Client;
use crate::stage::town::{ADA, LEAD};
use crate::stage::{Phone, Stage, until};

/// Keys come and go within this, online.
const AT_ONCE: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_secs(10);

/// The lead at a desk, and what the chapters are about: one home, one worker.
#[derive(Debug)]
pub struct Desk<'a> {
    lead: Client,
    home: &'a Resident,
    resident: ResidentId,
    worker: WorkerId,
}

impl<'a> Desk<'a> {
    /// The lead signs in and finds the home of resident `number`, and Ada.
    ///
    /// # Errors
    /// When the station does not know them.
    pub async fn of(stage: &'a Stage, number: &str) -> Result<Self> {
        let home = stage.resident(number)?;
        let lead = stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
        let name = format!("{} {}", home.first_name, home.last_name);
        let homes: HomeList = lead.get(path::RESIDENTS).await?;
        let found = homes.homes.iter().find(|known| known.name == name).context("the lead sees the home")?;
        let team: OwnTeam = lead.get(path::TEAM).await?;
        let ada = team.workers.iter().find(|worker| worker.name == ADA.name).context("the lead sees Ada")?;
        Ok(Self { home, resident: found.resident, worker: ada.worker, lead })
    }

    async fn give(&self, term: Term, world: &dyn World) -> Result<GivenPermission> {
        let permission = NewPermission {
            id: PermissionId::new(world),
            who: Who::Worker { worker: self.worker },
            what: What::Residence { resident: self.resident },
            when: When { term, windows: Vec::new() },
            condition: Condition::OnShift,
            operations: vec![Operation::Open, Operation::Lock],
            note: String::new(),
        };
        self.lead.post(path::PERMISSIONS, &permission).await
    }

    async fn take_away(&self, permission: PermissionId) -> Result<TakenAway> {
        self.lead.delete(&path::PERMISSION.replace("{id}", &permission.to_string())).await
    }

    fn first_door(&self) -> Result<(DoorId, &str)> {
        let door = self.home.doors.iter().find(|door| door.lock.is_some()).context("a door with a lock")?;
        Ok((door.id, &door.name))
    }
}

/// Ada may open once: she does, and then no more.
///
/// # Errors
/// At the first thing that does not happen as it should.
pub async fn once(desk: &Desk<'_>, ada: &Phone, world: &dyn World, timeline: &mut Timeline<'_>) -> Result<()> {
    let term = Term::Once { from: world.now(), until: world.now() + TimeDelta::hours(1) };
    let who = format!("lets {} in at {} {}, once", ADA.name, desk.home.first_name, desk.home.last_name);
    let given = timeline.step(LEAD.name, &who, desk.give(term, world)).await?;
    let visit = begin(desk, ada, timeline).await?;
    let (door, name) = desk.first_door()?;
    timeline.step(ADA.name, &format!("comes near {name}; lock ready"), door_ready(ada, door)).await?;
    let open = || Intent::OpenDoor { dispatch: visit, door };
    timeline.step(ADA.name, &format!("slides; {name} opens"), operate(ada, open(), "opened")).await?;
    let again = refused(ada, open(), "key_used");
    timeline.step(ADA.name, &format!("slides again; {name} stays: it was for once"), again).await?;
    timeline.step(ADA.name, "ends the visit", done(ada, Intent::CloseVisit { dispatch: visit })).await?;
    desk.take_away(given.id).await.map(drop)
}

/// The lead takes a key away while Ada stands at the door: within a second it does not open.
///
/// # Errors
/// At the first thing that does not happen as it should.
pub async fn taken_away(
    desk: &Desk<'_>,
    ada: &Phone,
    world: &dyn World,
    timeline: &mut Timeline<'_>,
) -> Result<()> {
    let given = timeline.step(LEAD.name, "lets her in for good", desk.give(Term::Permanent {}, world)).await?;
    let visit = begin(desk, ada, timeline).await?;
    let (door, name) = desk.first_door()?;
    timeline.step(ADA.name, &format!("comes near {name}; lock ready"), door_ready(ada, door)).await?;
    timeline.step(LEAD.name, "takes it away", desk.take_away(given.id)).await?;
    let gone = async {
        let wiped = |view: &View| key_of(view, door).is_none().then_some(());
        ada.see("the key gone", AT_ONCE, wiped).await?;
        refused(ada, Intent::OpenDoor { dispatch: visit, door }, "key_withdrawn").await
    };
    timeline.step(ADA.name, &format!("slides; {name} stays: taken away"), gone).await?;
    let confirmed = until("the phone's confirmation", SOON, async || {
        let taken = desk.take_away(given.id).await?;
        Ok(taken.phones.iter().all(|phone| phone.confirmed_at.is_some()).then_some(()))
    });
    timeline.step(LEAD.name, "sees that the phone has wiped it", confirmed).await?;
    timeline.step(ADA.name, "ends the visit", done(ada, Intent::CloseVisit { dispatch: visit })).await
}

/// The lead asks who was inside: on the dispatch, by door and hub.
///
/// # Errors
/// When it is not what was played.
pub async fn inside(
    desk: &Desk<'_>,
    dispatch: DispatchId,
    (from, to): (Timestamp, Timestamp),
    timeline: &mut Timeline<'_>,
) -> Result<()> {
    let text = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let path = path::PRESENCE.replace("{id}", &desk.resident.to_string());
    let asking = async {
        let told: Presence =
            desk.lead.get(&format!("{path}?from={}&to={}", text(from), text(to))).await?;
        let stay = told.stays.iter().find(|stay| stay.dispatch == Some(dispatch));
        let stay = stay.context("the visit is among those who were inside")?;
        ensure!(stay.worker_name == ADA.name, "{} was inside, it is said", stay.worker_name);
        let shown = [stay.opened_at, stay.checked_in_at, stay.checked_out_at, stay.locked_at];
        ensure!(shown.iter().all(Option::is_some), "opened, in, out, locked: {shown:?}");
        Ok(())
    };
    timeline.step(LEAD.name, "asks who was inside: Ada, by door and hub", asking).await
}

/// The lead exports the visit; `terskel-verify` accepts it, and names the fault in five altered ones.
///
/// # Errors
/// When it accepts an altered one, or not the genuine one.
pub async fn export(
    desk: &Desk<'_>,
    dispatch: DispatchId,
    earlier: &str,
    folder: &Path,
    timeline: &mut Timeline<'_>,
) -> Result<()> {
    let getting = desk.lead.bytes(&format!("{}?dispatch={dispatch}", path::AUDIT_EXPORT));
    let file = timeline.step(LEAD.name, "exports the visit", getting).await?;
    let key = String::from_utf8(desk.lead.bytes(path::LOG_KEY).await?)?;
    let verifier = Verifier { folder, key: key.trim() };
    let genuine = verifier.accepts(&file);
    timeline.step("terskel-verify", "accepts it, with the published key alone", genuine).await?;

    let parsed = Export::parse(&file).map_err(|fault| anyhow::anyhow!("{fault}"))?;
    let checkpoint = Checkpoint::open(&parsed.checkpoint, &key.trim().parse()?)?;
    let foreign = checkpoint.sign(&LogKey::from_seed(&[7; 32]));
    let earlier = earlier.to_owned();
    let altered: [(&str, &str, Box<dyn FnOnce(&mut Export)>); 5] = [
        ("one byte", "was altered", Box::new(|export| export.events[4].body[20] ^= 1)),
        ("an event removed", "was removed", Box::new(|export| drop(export.events.remove(4)))),
        ("two events swapped", "have changed places", Box::new(|export| export.events.swap(4, 5))),
        ("the log cut", "the log was cut", Box::new(move |export| export.checkpoint = earlier)),
        ("another station's log", "of another station", Box::new(move |export| export.checkpoint = foreign)),
    ];
    for (what, says, change) in altered {
        let mut export = Export::parse(&file).map_err(|fault| anyhow::anyhow!("{fault}"))?;
        change(&mut export);
        let refusing = verifier.refuses(&export.to_bytes(), says);
        timeline.step("terskel-verify", &format!("refuses: {what}"), refusing).await?;
    }
    Ok(())
}

/// Ada's phone has the home, and she goes there.
async fn begin(desk: &Desk<'_>, ada: &Phone, timeline: &mut Timeline<'_>) -> Result<DispatchId> {
    let listed = |view: &View| view.homes.iter().find(|home: &&HomeView| home.resident == desk.resident).map(drop);
    timeline.step(ADA.name, "has the keys on her phone", ada.see("the home", SOON, listed)).await?;
    let going = async {
        done(ada, Intent::VisitHome { resident: desk.resident }).await?;
        ada.see("the visit", SOON, |view| view.visit.as_ref().map(|visit| visit.id)).await
    };
    timeline.step(ADA.name, "goes there, without an alarm", going).await
}

/// The door stays as it is, for `reason`.
async fn refused(phone: &Phone, intent: Intent, reason: &str) -> Result<()> {
    let Outcome::Door { result } = phone.must(&intent).await? else { anyhow::bail!("a door has an outcome") };
    let told = (result.outcome.as_str(), result.reason.as_deref());
    ensure!(told == ("refused", Some(reason)), "the door is {told:?}");
    Ok(())
}

fn key_of(view: &View, door: DoorId) -> Option<Timestamp> {
    view.visit.as_ref()?.doors.iter().find(|known| known.id == door)?.key_until
}

/// Somebody who has the published key, and a folder.
struct Verifier<'a> {
    folder: &'a Path,
    key: &'a str,
}

impl Verifier<'_> {
    async fn run(&self, file: &[u8]) -> Result<(Option<i32>, String)> {
        let path = self.folder.join("export.cbor");
        std::fs::write(&path, file)?;
        let mut command = tokio::process::Command::new(program("terskel-verify")?);
        let done = command.arg(path).args(["--key", self.key]).output().await?;
        Ok((done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned()))
    }

    async fn accepts(&self, file: &[u8]) -> Result<()> {
        let (code, said) = self.run(file).await?;
        ensure!(code == Some(0), "{said}");
        Ok(())
    }

    async fn refuses(&self, file: &[u8], says: &str) -> Result<()> {
        let (code, said) = self.run(file).await?;
        ensure!(code == Some(1) && said.contains(says), "it says: {said}");
        Ok(())
    }
}
