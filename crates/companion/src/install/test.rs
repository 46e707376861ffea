//! Opening and locking the lock that is being installed, with its own secret. What it says itself is what counts.

use std::time::Duration;

use terskel_api::dispatch::Lock;
use terskel_locks::family::Visitor;
use terskel_locks::lock::{LockCommand, LockEvent};
use terskel_model::WorkerId;
use terskel_model::door::{DoorOutcome, DoorReason, Operation};
use terskel_model::lock_report::LockReport;
use terskel_radio::{RadioError, RunningSession};
use tokio::time::timeout;

use super::lead;
use crate::interface::{DoorResult, Outcome, Problem};
use crate::state::Core;
use crate::store::{InstallationFacts, Operated, Test};
use crate::visit::{CONNECT_WITHIN, CareBook, connect, is_lock, open_lock, scan_filter};

const FIND_WITHIN: Duration = Duration::from_secs(15);
/// Longer than every limit inside a session.
const WATCHDOG: Duration = Duration::from_secs(40);
/// For a polite end.
const GOODBYE: Duration = Duration::from_secs(3);

/// Does it, and stores what came of it.
pub(crate) async fn test(core: &Core, operation: Operation) -> Result<Outcome, Problem> {
    let (phone, session) = lead(core)?;
    let _turn = core.install.turn.try_lock().map_err(|_| Problem::Busy)?;
    let facts = core.snapshot().installation.clone().ok_or(Problem::NotFound)?;
    let working = if operation == Operation::Open { "open" } else { "lock" };
    core.show(|live| live.install.working = Some(working));
    let mut care = CareBook::new(facts.lock.id);
    let tried = attempt(core, &facts, (&operation, session.worker), &mut care).await;
    core.show(|live| live.install.working = None);
    let (outcome, reason) = tried?;
    let operated = Operated { outcome, reason, at: core.clock.now() };
    let report = care.news().unwrap_or_else(|| LockReport::new(facts.lock.id));
    let test = Test { operation: &operation, operated: &operated, worker: session.worker };
    core.store.finish_test(&facts, &test, report, (&phone, &core.clock)).await?;
    core.outbox.notify_one();
    core.refresh().await?;
    Ok(Outcome::Door { result: shown(&operation, &operated) })
}

/// As it is shown.
pub(crate) fn shown(operation: &Operation, operated: &Operated) -> DoorResult {
    DoorResult {
        operation: operation.as_str().to_owned(),
        outcome: operated.outcome.as_str().to_owned(),
        reason: operated.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        at: operated.at,
    }
}

/// Once: the lead stands there, and tries again. An error: nothing was sent, because it could not be written down.
async fn attempt(
    core: &Core,
    facts: &InstallationFacts,
    (operation, worker): (&Operation, WorkerId),
    care: &mut CareBook,
) -> Result<(DoorOutcome, Option<DoorReason>), Problem> {
    let mut session = match reach(core, &facts.lock, care).await? {
        Ok(begin) => {
            core.store.begin_test(facts.lock.id, operation, worker, core.clock.now()).await?;
            begin(Some(LockCommand::Operate(operation.clone())))
        }
        Err(reason) => return Ok((DoorOutcome::Refused, Some(reason))),
    };
    let told = timeout(WATCHDOG, outcome(&mut session, care)).await.ok().flatten();
    part(session, care).await;
    Ok(told.unwrap_or((DoorOutcome::Unsure, Some(DoorReason::Interrupted))))
}

type Begin = Box<dyn FnOnce(Option<LockCommand>) -> RunningSession<LockCommand, LockEvent> + Send>;

/// A link to the lock. The inner error: why not.
async fn reach(core: &Core, lock: &Lock, care: &mut CareBook) -> Result<Result<Begin, DoorReason>, Problem> {
    let Some(secret) = core.store.installation_secret(lock.id).await? else { return Err(Problem::NotFound) };
    let visitor = Visitor {
        entropy: core.world.clone(),
        clocks: (core.world.now(), core.world.uptime()),
        name: core.snapshot().session.as_ref().map(|it| it.worker_name.clone()).unwrap_or_default(),
    };
    let (family, machine) = match open_lock(core.families, lock, &secret, visitor) {
        Ok(opened) => opened,
        Err(reason) => return Ok(Err(reason)),
    };
    care.judge_by(family.care());
    let wanted = |sighting: &_| is_lock(core.families, lock, sighting);
    let found = terskel_radio::find(&*core.radio, scan_filter(core.families), FIND_WITHIN, wanted).await;
    let device = match found {
        Ok(sighting) => sighting.device,
        Err(RadioError::Timeout(..)) => return Ok(Err(DoorReason::NotFound)),
        Err(error) => return Ok(Err(radio_reason(&error))),
    };
    let connecting = connect(machine, device, core.radio.clone(), core.world.clone());
    let linked = timeout(CONNECT_WITHIN * 2, connecting).await;
    Ok(linked.unwrap_or(Err(RadioError::LinkLost)).map_err(|error| radio_reason(&error)))
}

async fn outcome(
    session: &mut RunningSession<LockCommand, LockEvent>,
    care: &mut CareBook,
) -> Option<(DoorOutcome, Option<DoorReason>)> {
    loop {
        let event = session.next().await?;
        care.learn(&event);
        if let LockEvent::Outcome { outcome, reason, .. } = event {
            return Some((outcome, reason));
        }
    }
}

/// A lock has one connection: the next test needs it.
async fn part(mut session: RunningSession<LockCommand, LockEvent>, care: &mut CareBook) {
    let said = session.send(LockCommand::Close).is_ok();
    let last_words = async {
        while let Some(event) = session.next().await {
            care.learn(&event);
        }
    };
    if said && timeout(GOODBYE, last_words).await.is_err() {
        tracing::debug!("the lock did not end the session");
    }
}

pub(super) fn radio_reason(error: &RadioError) -> DoorReason {
    match error {
        RadioError::Off => DoorReason::BluetoothOff,
        RadioError::Absent => DoorReason::BluetoothGone,
        RadioError::Missing(_) => DoorReason::WrongDevice,
        RadioError::Timeout(..) | RadioError::LinkLost | RadioError::Failed(_) => DoorReason::NoAnswer,
    }
}
