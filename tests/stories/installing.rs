//! New locks, straight from their boxes: the lead installs them with her phone, and then they open as all others do.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use terskel_api::lock::LockList;
use terskel_api::path;
use terskel_api::permission::{GivenPermission, NewPermission};
use terskel_api::team::OwnTeam;
use terskel_companion::interface::{Answer, DoorInput, DoorResult, Intent, Outcome, Question, TeamHome};
use terskel_model::door::Operation;
use terskel_model::permission::{Condition, Term, What, When, Who};
use terskel_model::world::SystemWorld;
use terskel_model::{DoorId, PermissionId, WorkerId};
use terskel_tests::stage::town::{self, LEAD};
use terskel_tests::stage::{Client, Phone, Stage, until};
use terskel_tests::story::visit::done;

const SOON: Duration = Duration::from_secs(20);

/// Siv, with a phone before the bench with the new locks.
struct Bench {
    stage: Stage,
    siv: Phone,
    desk: Client,
    worker: WorkerId,
}

impl Bench {
    async fn set() -> Result<Self> {
        let stage = Stage::set("locks", None).await?;
        let desk = stage.station.client(None).lead(LEAD.staff_number, LEAD.pin).await?;
        let team: OwnTeam = desk.get(path::TEAM).await?;
        let worker = team.workers.iter().find(|worker| worker.name == LEAD.name).context("the lead")?.worker;
        town::shift(&stage.admin, worker, stage.town.team, &SystemWorld).await?;
        let siv = stage.phone("Siv").await?;
        stage.enrol(&siv, LEAD.name).await?;
        stage.sign_in(&siv, LEAD).await?;
        Ok(Self { stage, siv, desk, worker })
    }

    async fn home(&self) -> Result<TeamHome> {
        self.home_with("the home", |_| true).await
    }

    /// The home as the phone has it, once it is so.
    async fn home_with(&self, what: &str, so: impl Fn(&TeamHome) -> bool) -> Result<TeamHome> {
        until(what, SOON, async || match self.siv.ask(&Question::TeamHomes).await? {
            Answer::TeamHomes { homes } => Ok(homes.into_iter().find(|home| so(home))),
            other => anyhow::bail!("{other:?}"),
        })
        .await
    }

    /// Finds the lock, pairs with it, opens it, locks it; until the station has it.
    async fn install(
        &self,
        device_id: &str,
        code: &str,
        (place, knob): (DoorInput, Option<bool>),
    ) -> Result<()> {
        let resident = self.home().await?.resident;
        done(&self.siv, Intent::FindLocks).await?;
        let device = self
            .siv
            .see("the new lock, ready", SOON, |view| {
                let found = &view.install.as_ref()?.found;
                let lock = found.iter().find(|lock| lock.device_id == device_id && lock.ready)?;
                Some(lock.device.clone())
            })
            .await?;
        let code = code.into();
        done(&self.siv, Intent::PairLock { device, code, resident, place, knob_outside: knob }).await?;
        for (intent, outcome) in [(Intent::TestOpen, "opened"), (Intent::TestLock, "locked")] {
            // A lock that holds its latch is busy until it is back.
            let result = until("an outcome", SOON, async || {
                let result = self.operated(intent.clone()).await?;
                Ok((result.reason.as_deref() != Some("lock_busy")).then_some(result))
            })
            .await?;
            ensure!(result.outcome == outcome, "{device_id}: {result:?}");
        }
        self.siv
            .see("the lock at the station", SOON, |view| {
                view.install.as_ref()?.pending.is_none().then_some(())
            })
            .await
    }

    async fn operated(&self, intent: Intent) -> Result<DoorResult> {
        match self.siv.must(&intent).await? {
            Outcome::Door { result } => Ok(result),
            Outcome::Done | Outcome::Code { .. } => anyhow::bail!("{intent:?} came to nothing"),
        }
    }

    async fn let_siv_in(&self) -> Result<()> {
        let permission = NewPermission {
            id: PermissionId::new(&SystemWorld),
            who: Who::Worker { worker: self.worker },
            what: What::Residence { resident: self.home().await?.resident },
            when: When { term: Term::Permanent {}, windows: Vec::new() },
            condition: Condition::OnShift,
            operations: vec![Operation::Open, Operation::Lock],
            note: String::new(),
        };
        let _: GivenPermission = self.desk.post(path::PERMISSIONS, &permission).await?;
        Ok(())
    }

    /// Opens doors of the home, in order, by the keys of the shift.
    async fn visit(&self, doors: &[DoorId]) -> Result<()> {
        let resident = self.home().await?.resident;
        self.siv.see("the keys", SOON, |view| (view.roster.openable > 0).then_some(())).await?;
        done(&self.siv, Intent::VisitHome { resident, called: false }).await?;
        let visit = self.siv.see("the visit", SOON, |view| view.visit.as_ref().map(|visit| visit.id)).await?;
        for door in doors {
            let result = self.operated(Intent::OpenDoor { dispatch: visit, door: *door }).await?;
            ensure!(result.outcome == "opened", "{door}: {result:?}");
        }
        done(&self.siv, Intent::CloseVisit { dispatch: visit }).await
    }
}

#[tokio::test]
async fn new_locks_of_every_make_that_can_be_are_installed_by_phone_and_open_by_digital_key() -> Result<()> {
    let bench = Bench::set().await?;
    let home = bench.home().await?;
    let door =
        |name: &str| home.doors.iter().find(|door| door.name == name).map(|door| door.id).context("a door");
    let (dkey, nuki) = (door("dKey")?, door("Nuki 4")?);
    bench.install("9daac9df", "BCDF-2345", (DoorInput::Known { id: dkey }, None)).await?;
    bench.install("1a2b3c4d", "1234", (DoorInput::Known { id: nuki }, Some(true))).await?;
    let fresh = DoorInput::New { kind: "stairwell".into(), name: "Port".into(), position: 0 };
    bench.install("5d6e7f80", "123456", (fresh, Some(false))).await?;
    let port = |home: &TeamHome| home.doors[0].name == "Port" && home.doors[0].has_lock;
    let home = bench.home_with("the new door, with its lock", port).await?;

    bench.let_siv_in().await?;
    bench.visit(&[home.doors[0].id, dkey, nuki]).await?;
    let locks = until("what the phone has learnt of the locks", SOON, async || {
        let list: LockList = bench.desk.get(path::LOCKS).await?;
        let installed = list.locks.iter().filter(|lock| lock.family.as_str() != "danalock");
        Ok((installed.filter(|lock| lock.report.is_some()).count() == 3).then_some(list))
    })
    .await?;
    let pulls: Vec<_> = locks.locks.iter().filter_map(|lock| lock.report.as_ref()?.pulls_latch).collect();
    ensure!(pulls.len() == 2 && pulls.contains(&true) && pulls.contains(&false), "{pulls:?}");
    // The tests of the installation stand in the Nukis' own logs, and the trail explains them.
    ensure!(locks.unexplained.is_empty(), "{:?}", locks.unexplained);
    bench.siv.stop().await?;
    bench.stage.clear().await
}
